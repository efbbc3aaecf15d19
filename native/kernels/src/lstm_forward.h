// The forward pass of one direction of one LSTM layer, for any kind of weight.
#pragma once

#include <ATen/Parallel.h>

#include <cstring>

#include "packed_steps.h"
#include "vector/kernels.h"

namespace ds2s::lstm {

constexpr int64_t elements_per_task = 1 << 14;

// What forward leaves for backward, all packed: [rows, 4H], [rows, H], [rows, H].
struct Kept {
    at::Tensor factors, forget, cell_factor;
};

struct Results {
    at::Tensor out, h_n, c_n;
    Kept kept;
};

// x [T, B, I]; `input` and `recurrent` multiply rows by a weight; bias [4H], the sum of both.
template <typename Weight>
Results run_forward(const at::Tensor& x, const Weight& input, const Weight& recurrent, const at::Tensor& bias,
                    const at::Tensor& h0, const at::Tensor& c0, const Steps& steps, bool keep)
{
    const int64_t hidden = bias.size(0) / 4, rows = steps.packed_rows();
    const auto options = x.options().requires_grad(false);
    auto gates = at::empty({rows, 4 * hidden}, options);
    input.multiply(rows, pack(x, steps).data_ptr<float>(), gates.data_ptr<float>(), false);
    Results results{at::empty({steps.length(), steps.batch, hidden}, options),
                    initial_state(h0, steps, hidden, options),
                    initial_state(c0, steps, hidden, options),
                    {gates, {}, {}}};
    if (keep) {
        results.kept.forget = at::empty({rows, hidden}, options);
        results.kept.cell_factor = at::empty({rows, hidden}, options);
    }
    float* out = results.out.data_ptr<float>();
    float* state = results.h_n.data_ptr<float>();
    float* cell = results.c_n.data_ptr<float>();
    const auto& vectors = vector_kernels();
    for (int64_t turn = 0; turn < steps.length(); turn++) {
        const size_t step = steps.in_order(turn);
        const int64_t active = steps.active[step], first = steps.offset[step];
        float* step_gates = gates.data_ptr<float>() + first * 4 * hidden;
        float* step_out = out + static_cast<int64_t>(step) * steps.batch * hidden;
        if (turn > 0 || h0.defined())
            recurrent.multiply(active, state, step_gates, true);
        at::parallel_for(0, active, elements_per_task / hidden + 1, [&](int64_t begin, int64_t end) {
            const int64_t at = begin * hidden, packed_at = (first + begin) * hidden;
            vectors.lstm_step({end - begin, hidden, step_gates + begin * 4 * hidden, bias.data_ptr<float>(), cell + at,
                               state + at, step_out + at, keep ? results.kept.forget.data_ptr<float>() + packed_at : nullptr,
                               keep ? results.kept.cell_factor.data_ptr<float>() + packed_at : nullptr});
        });
        const int64_t padding = (steps.batch - active) * hidden;
        if (padding > 0) std::memset(step_out + active * hidden, 0, static_cast<size_t>(padding) * sizeof(float));
    }
    return results;
}

}  // namespace ds2s::lstm
