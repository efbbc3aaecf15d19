// One direction of one GRU layer, in the manner of lstm.cpp. The state's part of the new gate is gated by itself, so that products
// of inputs and states are kept apart, and so are their gradients.
#include "gru_forward.h"

extern "C" int ds2s_gru_forward(const ds2s_recurrent_layer* layer, float* out, float* h_n, float* kept)
{
    using namespace ds2s;
    constexpr const char* where = "ds2s_gru_forward";
    return guarded([&] {
        check_layer(where, *layer);
        Scratch scratch;
        const Steps steps(where, layer->sequence, scratch);
        const int64_t gates = 3 * layer->hidden;
        gru::run_forward(*layer, steps, PlainWeight(input_weight(*layer, gates)),
                         PackedWeight(state_weight(*layer, gates), steps.packed_rows(), scratch), out, h_n, kept);
    });
}

extern "C" int ds2s_gru_backward(const ds2s_recurrent_layer* layer, const float* out, const float* kept,
                                 const ds2s_recurrent_gradients* gradients)
{
    using namespace ds2s;
    constexpr const char* where = "ds2s_gru_backward";
    return guarded([&] {
        check_layer(where, *layer);
        Scratch scratch;
        const Steps steps(where, layer->sequence, scratch);
        const int64_t hidden = layer->hidden, rows = steps.packed_rows(), batch = steps.batch, gates = 3 * hidden;
        float* d_from_x = scratch.floats(rows * gates);
        float* d_from_h = scratch.floats(rows * gates);
        float* d_state = state_gradient(gradients->d_h0, gradients->d_h_n, batch * hidden, scratch);
        {
            Scratch of_weight;
            const PackedWeight recurrent({layer->w_hh, Op::Plain, gates, hidden, hidden}, rows, of_weight);
            for (int64_t turn = steps.length - 1; turn >= 0; turn--) {
                const int64_t step = steps.in_order(turn), active = steps.active[step], first = steps.offset[step] * gates;
                vector_kernels().gru_step_gradient(
                    {active, hidden, kept + first, kept + rows * gates + first,
                     gradients->d_out == nullptr ? nullptr : gradients->d_out + step * batch * hidden, d_state, d_from_x + first,
                     d_from_h + first});
                if (turn > 0 || gradients->d_h0 != nullptr) recurrent.multiply(active, d_from_h + first, d_state, true);
            }
        }
        weight_gradients(*layer, steps, gates, d_from_x, d_from_h, out, *gradients);
        if (gradients->d_b_ih != nullptr) column_sums(d_from_x, rows, gates, gradients->d_b_ih);
        if (gradients->d_b_hh != nullptr) column_sums(d_from_h, rows, gates, gradients->d_b_hh);
    });
}
