// One direction of one LSTM layer. All inputs are multiplied at once; each time step is one product written in place and one
// pass over the gates, which also leaves the factors that make backward's pass multiplications only; weight gradients are one
// product each after the loop. Active rows are packed: padding costs nothing.
#include "lstm_forward.h"

extern "C" int ds2s_lstm_forward(const ds2s_recurrent_layer* layer, float* out, float* h_n, float* c_n, float* kept)
{
    using namespace ds2s;
    constexpr const char* where = "ds2s_lstm_forward";
    return guarded([&] {
        check_layer(where, *layer);
        Scratch scratch;
        const Steps steps(where, layer->sequence, scratch);
        const int64_t gates = 4 * layer->hidden;
        lstm::run_forward(*layer, steps, PlainWeight(input_weight(*layer, gates)),
                          PackedWeight(state_weight(*layer, gates), steps.packed_rows(), scratch), out, h_n, c_n, kept);
    });
}

extern "C" int ds2s_lstm_backward(const ds2s_recurrent_layer* layer, const float* out, const float* kept,
                                  const ds2s_recurrent_gradients* gradients)
{
    using namespace ds2s;
    constexpr const char* where = "ds2s_lstm_backward";
    return guarded([&] {
        check_layer(where, *layer);
        Scratch scratch;
        const Steps steps(where, layer->sequence, scratch);
        const int64_t hidden = layer->hidden, rows = steps.packed_rows(), batch = steps.batch;
        const lstm::Kept own(const_cast<float*>(kept), rows, hidden);  // only read
        float* d_gates = scratch.floats(rows * 4 * hidden);
        float* d_state = state_gradient(gradients->d_h0, gradients->d_h_n, batch * hidden, scratch);
        float* d_cell = state_gradient(gradients->d_c0, gradients->d_c_n, batch * hidden, scratch);
        {
            Scratch of_weight;
            const PackedWeight recurrent({layer->w_hh, Op::Plain, 4 * hidden, hidden, hidden}, rows, of_weight);
            for (int64_t turn = steps.length - 1; turn >= 0; turn--) {
                const int64_t step = steps.in_order(turn), active = steps.active[step], first = steps.offset[step];
                float* step_gates = d_gates + first * 4 * hidden;
                vector_kernels().lstm_step_gradient(
                    {active, hidden, own.factors + first * 4 * hidden, own.forget + first * hidden, own.cell_factor + first * hidden,
                     gradients->d_out == nullptr ? nullptr : gradients->d_out + step * batch * hidden, d_state, d_cell, step_gates});
                if (turn > 0 || gradients->d_h0 != nullptr) recurrent.multiply(active, step_gates, d_state, false);
            }
        }
        weight_gradients(*layer, steps, 4 * hidden, d_gates, d_gates, out, *gradients);
        float* sums = gradients->d_b_ih != nullptr ? gradients->d_b_ih : gradients->d_b_hh;
        if (sums == nullptr) return;
        column_sums(d_gates, rows, 4 * hidden, sums);
        if (gradients->d_b_hh != nullptr && gradients->d_b_hh != sums) copy(gradients->d_b_hh, sums, 4 * hidden);
    });
}
