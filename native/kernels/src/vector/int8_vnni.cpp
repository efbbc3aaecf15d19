// Products of 8-bit integers for processors with AVX-512 VNNI, which multiply unsigned by signed ones: weights are stored with 128
// added, and 128 times the sum of a row is taken off its products.
#include <immintrin.h>
#include <stddef.h>

#include "int8.h"

namespace ds2s::vnni {

#define LANES 16
#define multiply_add(a, b, c) ((V)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c)))
#include "lanes.h"

typedef int8_t Quantized;
typedef __m512i Weights;
#define GROUP 4
#define WEIGHT_SHIFT 128
#define TILE_ROWS 8
#define PARTS 3

static inline Weights load_weights(const uint8_t* from)
{
    return _mm512_loadu_si512(from);
}

static inline VI dot(VI sums, Weights weights, int32_t group)
{
    return (VI)_mm512_dpbusd_epi32((__m512i)sums, weights, _mm512_set1_epi32(group));
}

#include "int8_panels.h"

extern const Int8Kernels int8;
const Int8Kernels int8 = int8_table("vnni");

}  // namespace ds2s::vnni
