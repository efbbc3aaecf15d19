// What LSTM and GRU layers share.
#pragma once

#include "distseq2seq_kernels.h"
#include "guard.h"
#include "matrix.h"
#include "steps.h"

namespace ds2s {

inline void check_layer(const char* where, const ds2s_recurrent_layer& layer)
{
    require(layer.inputs > 0 && layer.hidden > 0, where, ": inputs is ", layer.inputs, " and hidden ", layer.hidden, ", expected at least 1");
}

// The weights [rows, I] and [rows, H] that products of rows take transposed.
inline Weight input_weight(const ds2s_recurrent_layer& layer, int64_t rows)
{
    return {layer.w_ih, Op::Transposed, layer.inputs, rows, layer.inputs};
}

inline Weight state_weight(const ds2s_recurrent_layer& layer, int64_t rows)
{
    return {layer.w_hh, Op::Transposed, layer.hidden, rows, layer.hidden};
}

// The gradients of x and of both matrices, from those of the packed pre-activations [packed rows, gates]: of the input's part and of the
// state's, which are the same for an LSTM.
inline void weight_gradients(const ds2s_recurrent_layer& layer, const Steps& steps, int64_t gates, const float* d_from_x,
                             const float* d_from_h, const float* out, const ds2s_recurrent_gradients& gradients)
{
    const int64_t rows = steps.packed_rows(), inputs = layer.inputs, hidden = layer.hidden;
    if (gradients.d_x != nullptr) {
        Scratch scratch;
        const bool in_place = steps.is_full();
        float* d_inputs = in_place ? gradients.d_x : scratch.floats(rows * inputs);
        PlainWeight({layer.w_ih, Op::Plain, gates, inputs, inputs}).multiply(rows, d_from_x, d_inputs, false);
        if (!in_place) unpack(d_inputs, inputs, steps, gradients.d_x);
    }
    if (gradients.d_w_ih != nullptr) {
        Scratch scratch;
        multiply(Op::Transposed, Op::Plain, gates, inputs, rows, d_from_x, gates, pack(layer.x, inputs, steps, scratch), inputs, false,
                 gradients.d_w_ih, inputs);
    }
    if (gradients.d_w_hh != nullptr) {
        Scratch scratch;
        multiply(Op::Transposed, Op::Plain, gates, hidden, rows, d_from_h, gates,
                 pack_states_before(out, layer.h0, hidden, steps, scratch), hidden, false, gradients.d_w_hh, hidden);
    }
}

// The gradient of a first or last state to work in: where it is wanted, or else in scratch memory; begun with that of the last.
inline float* state_gradient(float* wanted, const float* of_last, int64_t count, Scratch& scratch)
{
    float* values = wanted != nullptr ? wanted : scratch.floats(count);
    if (of_last != nullptr)
        copy(values, of_last, count);
    else
        clear(values, count);
    return values;
}

}  // namespace ds2s
