// The loops for processors with AVX-512 (F, BW, DQ, VL).
#include <immintrin.h>
#include <stddef.h>

#include "kernels.h"

namespace ds2s::avx512 {

#define LANES 16
#define multiply_add(a, b, c) ((V)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c)))
#define multiply_low_halves(a, b) ((Wide)_mm512_maskz_mul_epu32(0xff, (__m512i)(a), (__m512i)(b)))
#include "lanes.h"

#define TILE_ROWS 8
#include "body.h"

extern const VectorKernels kernels;
const VectorKernels kernels = table("avx512");

}  // namespace ds2s::avx512
