// The loops for processors with AVX2 and FMA.
#include <immintrin.h>
#include <stddef.h>

#include "kernels.h"

namespace ds2s::avx2 {

#define LANES 8
#define multiply_add(a, b, c) ((V)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#define multiply_low_halves(a, b) ((Wide)_mm256_mul_epu32((__m256i)(a), (__m256i)(b)))
#include "lanes.h"

#define TILE_ROWS 4
#include "body.h"

extern const VectorKernels kernels;
const VectorKernels kernels = table("avx2");

}  // namespace ds2s::avx2
