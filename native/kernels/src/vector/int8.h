// Products with weights of 8 bits, compiled once per instruction set. Rows are rounded to integers of -127..127 times a scale of
// their own; sums of products are exact in 32 bits, so that every set gives the same bits.
// As in kernels.h, only plain C++ without library templates may be used in the units.
#pragma once

#include <stdint.h>

namespace ds2s {

// Rows whose products are summed: 255 * 127 * depth has to stay below 2^31.
constexpr int64_t most_int8_depth = 65536;

// The largest finite magnitude of a row becomes 127. A row of magnitudes below 1e-30 becomes zeros with the scale 0, one that
// holds NaN or infinity zeros with the scale NaN.
struct Int8Quantize {
    int64_t rows, depth;
    const float* from;  // [rows, depth]
    uint8_t* to;        // rows of row_bytes(depth)
    float* scales;      // [rows]
    int32_t* sums;      // [rows], of the integers
};

// c[r][j] = (float)sum * (row_scale[r] * scale[j]), plus bias[j] if given, or added to c if `accumulate`.
struct Int8Product {
    int64_t rows, depth, columns;
    const uint8_t* quantized;
    const float* row_scales;
    const int32_t* sums;
    const uint8_t* packed;
    const float *scales, *bias;  // [columns]; bias may be null
    float* c;                    // [rows, columns]
    int64_t first_panel, end_panel;
    bool accumulate;
};

struct Int8Kernels {
    const char* name;
    int64_t panel_width;  // columns
    int64_t (*packed_bytes)(int64_t depth, int64_t columns);
    int64_t (*row_bytes)(int64_t depth);
    // weight [columns, depth], in the order that products read it.
    void (*pack)(const int8_t* weight, int64_t depth, int64_t columns, uint8_t* packed);
    void (*quantize)(const Int8Quantize&);
    void (*multiply)(const Int8Product&);
};

// The best set that this processor has, chosen once per process.
const Int8Kernels& int8_kernels();

}  // namespace ds2s
