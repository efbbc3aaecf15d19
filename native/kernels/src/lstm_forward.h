// The forward pass of one direction of one LSTM layer, for any kind of weight.
#pragma once

#include "recurrent.h"
#include "vector/kernels.h"

namespace ds2s::lstm {

// What forward leaves for backward, all packed.
struct Kept {
    float *factors, *forget, *cell_factor;  // [rows, 4H], [rows, H], [rows, H]

    Kept(float* memory, int64_t rows, int64_t hidden)
        : factors(memory), forget(memory + rows * 4 * hidden), cell_factor(forget + rows * hidden)
    {
    }
};

// `input` and `recurrent` multiply rows by a weight; without `kept` nothing is left for backward.
template <typename Input, typename Recurrent>
void run_forward(const ds2s_recurrent_layer& layer, const Steps& steps, const Input& input, const Recurrent& recurrent, float* out,
                 float* h_n, float* c_n, float* kept)
{
    Scratch scratch;
    const int64_t hidden = layer.hidden, rows = steps.packed_rows(), batch = steps.batch;
    const Kept own(kept, rows, hidden);
    float* gates = kept != nullptr ? own.factors : scratch.floats(rows * 4 * hidden);
    float* bias = scratch.floats(4 * hidden);
    for (int64_t j = 0; j < 4 * hidden; j++) bias[j] = layer.b_ih[j] + layer.b_hh[j];
    input.multiply(rows, pack(layer.x, layer.inputs, steps, scratch), gates, false);
    copy(h_n, layer.h0, batch * hidden);
    copy(c_n, layer.c0, batch * hidden);
    for (int64_t turn = 0; turn < steps.length; turn++) {
        const int64_t step = steps.in_order(turn), active = steps.active[step], first = steps.offset[step];
        float* step_gates = gates + first * 4 * hidden;
        float* step_out = out + step * batch * hidden;
        recurrent.multiply(active, h_n, step_gates, true);
        vector_kernels().lstm_step({active, hidden, step_gates, bias, c_n, h_n, step_out,
                                    kept != nullptr ? own.forget + first * hidden : nullptr,
                                    kept != nullptr ? own.cell_factor + first * hidden : nullptr});
        clear(step_out + active * hidden, (batch - active) * hidden);
    }
}

}  // namespace ds2s::lstm
