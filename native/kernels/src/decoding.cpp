// What a decoding step needs: products of few rows with weights that were laid out before, and the highest logits.
#include <memory>
#include <vector>

#include "guard.h"
#include "matrix.h"
#include "steps.h"
#include "vector/kernels.h"

// A copy of a weight: in panels where the vector kernels have them, else as it was.
struct ds2s_packed_weight {
    ds2s::Weight shape;
    std::vector<float> memory;
    bool in_panels;

    ds2s_packed_weight(const float* weight, int64_t columns, int64_t depth)
        : shape{weight, ds2s::Op::Transposed, depth, columns, depth}, in_panels(ds2s::panel_floats(shape) > 0)
    {
        memory.resize(static_cast<size_t>(in_panels ? ds2s::panel_floats(shape) : columns * depth));
        if (in_panels)
            ds2s::pack_panels(shape, memory.data());
        else
            ds2s::copy(memory.data(), weight, columns * depth);
        shape.data = in_panels ? nullptr : memory.data();
    }

    void multiply(int64_t rows, const float* a, float* c, bool accumulate) const
    {
        ds2s::PackedWeight(shape, in_panels ? memory.data() : nullptr).multiply(rows, a, c, accumulate);
    }
};

extern "C" int ds2s_packed_weight_new(const float* weight, int64_t columns, int64_t depth, ds2s_packed_weight** packed)
{
    using namespace ds2s;
    return guarded([&] {
        require(columns > 0 && depth > 0, "ds2s_packed_weight_new: the weight is [", columns, ", ", depth, "], expected at least one of each");
        *packed = new ds2s_packed_weight(weight, columns, depth);
    });
}

extern "C" void ds2s_packed_weight_free(ds2s_packed_weight* packed)
{
    delete packed;
}

extern "C" int ds2s_packed_linear(const ds2s_packed_weight* packed, const float* bias, const float* x, int64_t rows, float* out)
{
    using namespace ds2s;
    return guarded([&] {
        require(packed != nullptr, "ds2s_packed_linear: the packed weight is null");
        const int64_t columns = packed->shape.columns;
        for (int64_t row = 0; row < rows && bias != nullptr; row++) copy(out + row * columns, bias, columns);
        packed->multiply(rows, x, out, bias != nullptr);
    });
}

extern "C" int ds2s_lstm_cell(const ds2s_packed_weight* w_ih, const ds2s_packed_weight* w_hh, const float* b_ih, const float* b_hh,
                              const float* x, const float* h, const float* c, int64_t rows, float* h_next, float* c_next)
{
    using namespace ds2s;
    constexpr const char* where = "ds2s_lstm_cell";
    return guarded([&] {
        require(w_ih != nullptr && w_hh != nullptr, where, ": a packed weight is null");
        const int64_t hidden = w_hh->shape.depth;
        require(w_hh->shape.columns == 4 * hidden && w_ih->shape.columns == 4 * hidden, where, ": weights of ", w_ih->shape.columns, " and ",
                w_hh->shape.columns, " rows, expected ", 4 * hidden);
        Scratch scratch;
        float* gates = scratch.floats(rows * 4 * hidden);
        float* bias = scratch.floats(4 * hidden);
        for (int64_t j = 0; j < 4 * hidden; j++) bias[j] = b_ih[j] + b_hh[j];
        w_ih->multiply(rows, x, gates, false);
        w_hh->multiply(rows, h, gates, true);
        copy(c_next, c, rows * hidden);
        vector_kernels().lstm_step({rows, hidden, gates, bias, c_next, h_next, h_next, nullptr, nullptr});
    });
}

extern "C" int ds2s_top_logits(const float* logits, int64_t rows, int64_t classes, int64_t wanted, float* values, int64_t* indices,
                               float* log_sums)
{
    using namespace ds2s;
    constexpr const char* where = "ds2s_top_logits";
    return guarded([&] {
        require(wanted >= 1 && wanted <= classes, where, ": wanted is ", wanted, ", expected 1..", classes);
        Scratch scratch;
        float* maxima = scratch.floats((classes + 127) / 128);
        for (int64_t row = 0; row < rows; row++) {
            TopRow work{const_cast<float*>(logits) + row * classes, classes, wanted, maxima, values + row * wanted, indices + row * wanted, 0};
            vector_kernels().top_row(work);
            log_sums[row] = work.log_sum;
        }
    });
}
