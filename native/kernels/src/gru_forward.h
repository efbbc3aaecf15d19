// The forward pass of one direction of one GRU layer, for any kind of weight.
#pragma once

#include "recurrent.h"
#include "vector/kernels.h"

namespace ds2s::gru {

// As lstm::run_forward. `kept`: what GruStep leaves in `from_x` and `from_h`, [rows, 3H] each.
template <typename Input, typename Recurrent>
void run_forward(const ds2s_recurrent_layer& layer, const Steps& steps, const Input& input, const Recurrent& recurrent, float* out,
                 float* h_n, float* kept)
{
    Scratch scratch;
    const int64_t hidden = layer.hidden, rows = steps.packed_rows(), batch = steps.batch;
    float* from_x = kept != nullptr ? kept : scratch.floats(rows * 6 * hidden);
    float* from_h = from_x + rows * 3 * hidden;
    input.multiply(rows, pack(layer.x, layer.inputs, steps, scratch), from_x, false);
    copy(h_n, layer.h0, batch * hidden);
    for (int64_t turn = 0; turn < steps.length; turn++) {
        const int64_t step = steps.in_order(turn), active = steps.active[step], first = steps.offset[step] * 3 * hidden;
        float* step_out = out + step * batch * hidden;
        recurrent.multiply(active, h_n, from_h + first, false);
        vector_kernels().gru_step({active, hidden, kept != nullptr, from_x + first, from_h + first, layer.b_ih, layer.b_hh, h_n, step_out});
        clear(step_out + active * hidden, (batch - active) * hidden);
    }
}

}  // namespace ds2s::gru
