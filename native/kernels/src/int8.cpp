// Linear maps and recurrent layers whose weights are 8-bit integers, for translation: no gradients.
#include "vector/int8.h"

#include <algorithm>

#include "gru_forward.h"
#include "lstm_forward.h"

namespace ds2s {

namespace {

// Multiplies by a weight [columns, depth] of integers; rows are rounded on the way.
class Int8Weight {
public:
    Int8Weight(const ds2s_int8_weight& weight, int64_t columns, int64_t depth) : weight_(weight), columns_(columns), depth_(depth) {}

    // c = a * weight^T (+ c if `accumulate`, + bias [columns] if given); a is [rows, depth].
    void multiply(int64_t rows, const float* a, float* c, bool accumulate, const float* bias = nullptr) const
    {
        constexpr int64_t rows_per_sweep = 192;  // quantized rows that stay in the second cache while the panels pass
        const auto& kernels = int8_kernels();
        const int64_t row_bytes = kernels.row_bytes(depth_);
        Scratch scratch;
        const int64_t most = std::min(rows, rows_per_sweep);
        auto* quantized = scratch.take<uint8_t>(most * row_bytes);
        auto* scales = scratch.floats(most);
        auto* sums = scratch.take<int32_t>(most);
        const int64_t panels = (columns_ + kernels.panel_width - 1) / kernels.panel_width;
        for (int64_t row = 0; row < rows; row += most) {
            const int64_t count = std::min(most, rows - row);
            kernels.quantize({count, depth_, a + row * depth_, quantized, scales, sums});
            kernels.multiply({count, depth_, columns_, quantized, scales, sums, weight_.packed, weight_.scales, bias, c + row * columns_, 0,
                              panels, accumulate});
        }
    }

private:
    ds2s_int8_weight weight_;
    int64_t columns_, depth_;
};

}  // namespace

}  // namespace ds2s

extern "C" const char* ds2s_int8_isa(void)
{
    return ds2s::int8_kernels().name;
}

extern "C" int64_t ds2s_int8_bytes(int64_t rows, int64_t columns)
{
    using namespace ds2s;
    return rows > 0 && columns > 0 && columns <= most_int8_depth ? int8_kernels().packed_bytes(columns, rows) : -1;
}

extern "C" int ds2s_int8_pack(const int8_t* weight, int64_t rows, int64_t columns, uint8_t* packed)
{
    using namespace ds2s;
    return guarded([&] {
        require(ds2s_int8_bytes(rows, columns) > 0, "ds2s_int8_pack: the weight is [", rows, ", ", columns,
                "], expected at least one row and 1..", most_int8_depth, " columns");
        int8_kernels().pack(weight, columns, rows, packed);
    });
}

extern "C" int ds2s_int8_linear(const float* x, int64_t rows, int64_t depth, int64_t columns, const ds2s_int8_weight* weight,
                                const float* bias, float* out)
{
    using namespace ds2s;
    return guarded([&] { Int8Weight(*weight, columns, depth).multiply(rows, x, out, false, bias); });
}

extern "C" int ds2s_int8_lstm(const ds2s_recurrent_layer* layer, const ds2s_int8_weight* w_ih, const ds2s_int8_weight* w_hh, float* out,
                              float* h_n, float* c_n)
{
    using namespace ds2s;
    constexpr const char* where = "ds2s_int8_lstm";
    return guarded([&] {
        check_layer(where, *layer);
        Scratch scratch;
        const Steps steps(where, layer->sequence, scratch);
        lstm::run_forward(*layer, steps, Int8Weight(*w_ih, 4 * layer->hidden, layer->inputs),
                          Int8Weight(*w_hh, 4 * layer->hidden, layer->hidden), out, h_n, c_n, nullptr);
    });
}

extern "C" int ds2s_int8_gru(const ds2s_recurrent_layer* layer, const ds2s_int8_weight* w_ih, const ds2s_int8_weight* w_hh, float* out,
                             float* h_n)
{
    using namespace ds2s;
    constexpr const char* where = "ds2s_int8_gru";
    return guarded([&] {
        check_layer(where, *layer);
        Scratch scratch;
        const Steps steps(where, layer->sequence, scratch);
        gru::run_forward(*layer, steps, Int8Weight(*w_ih, 3 * layer->hidden, layer->inputs),
                         Int8Weight(*w_hh, 3 * layer->hidden, layer->hidden), out, h_n, nullptr);
    });
}
