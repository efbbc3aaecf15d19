// Products of 8-bit integers for any processor.
#include <stddef.h>
#include <stdint.h>

#include "int8.h"

namespace ds2s::baseline {

typedef int8_t Quantized;

static int64_t row_bytes(int64_t depth)
{
    return depth;
}

static int64_t packed_bytes(int64_t depth, int64_t columns)
{
    return depth * columns;
}

#include "int8_quantize.h"

static void pack(const int8_t* weight, int64_t depth, int64_t columns, uint8_t* packed)
{
    __builtin_memcpy(packed, weight, static_cast<size_t>(depth * columns));
}

static void multiply(const Int8Product& s)
{
    for (int64_t column = s.first_panel; column < s.end_panel; column++) {
        const int8_t* weights = reinterpret_cast<const int8_t*>(s.packed) + column * s.depth;
        for (int64_t row = 0; row < s.rows; row++) {
            const int8_t* a = reinterpret_cast<const int8_t*>(s.quantized) + row * s.depth;
            int32_t sum = 0;
            for (int64_t k = 0; k < s.depth; k++) sum += a[k] * weights[k];
            float value = static_cast<float>(sum) * (s.row_scales[row] * s.scales[column]);
            float* to = s.c + row * s.columns + column;
            if (s.accumulate) value = *to + value;
            if (s.bias != nullptr) value = value + s.bias[column];
            *to = value;
        }
    }
}

extern const Int8Kernels int8;
const Int8Kernels int8 = {"baseline", 1, packed_bytes, row_bytes, pack, quantize, multiply};

}  // namespace ds2s::baseline
