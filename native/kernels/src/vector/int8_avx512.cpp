// Products of 8-bit integers for processors with AVX-512 (F, BW, DQ, VL) but without VNNI, as pairs of 16 bits.
#include <immintrin.h>
#include <stddef.h>

#include "int8.h"

namespace ds2s::avx512 {

#define LANES 16
#define multiply_add(a, b, c) ((V)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c)))
#include "lanes.h"

typedef int16_t Quantized;
typedef __m512i Weights;
#define GROUP 2
#define WEIGHT_SHIFT 0
#define TILE_ROWS 8
#define PARTS 2

static inline Weights load_weights(const uint8_t* from)
{
    return _mm512_maskz_cvtepi8_epi16(0xffffffffu, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}

static inline VI dot(VI sums, Weights weights, int32_t group)
{
    return sums + (VI)_mm512_madd_epi16(weights, _mm512_set1_epi32(group));
}

#include "int8_panels.h"

extern const Int8Kernels int8;
const Int8Kernels int8 = int8_table("avx512");

}  // namespace ds2s::avx512
