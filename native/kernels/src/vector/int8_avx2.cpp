// Products of 8-bit integers for processors with AVX2 and FMA, as pairs of 16 bits.
#include <immintrin.h>
#include <stddef.h>

#include "int8.h"

namespace ds2s::avx2 {

#define LANES 8
#define multiply_add(a, b, c) ((V)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#include "lanes.h"

typedef int16_t Quantized;
typedef __m256i Weights;
#define GROUP 2
#define WEIGHT_SHIFT 0
#define TILE_ROWS 4
#define PARTS 2

static inline Weights load_weights(const uint8_t* from)
{
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

static inline VI dot(VI sums, Weights weights, int32_t group)
{
    return sums + (VI)_mm256_madd_epi16(weights, _mm256_set1_epi32(group));
}

#include "int8_panels.h"

extern const Int8Kernels int8;
const Int8Kernels int8 = int8_table("avx2");

}  // namespace ds2s::avx2
