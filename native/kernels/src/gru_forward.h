// The forward pass of one direction of one GRU layer, for any kind of weight.
#pragma once

#include <ATen/Parallel.h>

#include <cstring>

#include "packed_steps.h"
#include "vector/kernels.h"

namespace ds2s::gru {

constexpr int64_t elements_per_task = 1 << 14;

struct Results {
    at::Tensor out, h_n;
    at::Tensor from_x, from_h;  // packed [rows, 3H]: what GruStep leaves for backward
};

// x [T, B, I]; `input` and `recurrent` multiply rows by a weight; biases [3H].
template <typename Weight>
Results run_forward(const at::Tensor& x, const Weight& input, const Weight& recurrent, const at::Tensor& b_ih,
                    const at::Tensor& b_hh, const at::Tensor& h0, const Steps& steps, bool keep)
{
    const int64_t hidden = b_hh.size(0) / 3, rows = steps.packed_rows();
    const auto options = x.options().requires_grad(false);
    Results results{at::empty({steps.length(), steps.batch, hidden}, options), initial_state(h0, steps, hidden, options),
                    at::empty({rows, 3 * hidden}, options), at::empty({rows, 3 * hidden}, options)};
    input.multiply(rows, pack(x, steps).data_ptr<float>(), results.from_x.data_ptr<float>(), false);
    float* state = results.h_n.data_ptr<float>();
    for (int64_t turn = 0; turn < steps.length(); turn++) {
        const size_t step = steps.in_order(turn);
        const int64_t active = steps.active[step], first = steps.offset[step] * 3 * hidden;
        float* from_x = results.from_x.data_ptr<float>() + first;
        float* from_h = results.from_h.data_ptr<float>() + first;
        float* out = results.out.data_ptr<float>() + static_cast<int64_t>(step) * steps.batch * hidden;
        recurrent.multiply(active, state, from_h, false);
        at::parallel_for(0, active, elements_per_task / hidden + 1, [&](int64_t begin, int64_t end) {
            const int64_t at = begin * hidden;
            vector_kernels().gru_step({end - begin, hidden, keep, from_x + 3 * at, from_h + 3 * at, b_ih.data_ptr<float>(),
                                       b_hh.data_ptr<float>(), state + at, out + at});
        });
        const int64_t padding = (steps.batch - active) * hidden;
        if (padding > 0) std::memset(out + active * hidden, 0, static_cast<size_t>(padding) * sizeof(float));
    }
    return results;
}

}  // namespace ds2s::gru
