// What forward and backward of the decoder with input feeding share.
#pragma once

#include <cstdint>

#include "distseq2seq_kernels.h"
#include "guard.h"
#include "matrix.h"
#include "scratch.h"
#include "vector/kernels.h"

namespace ds2s::feeding {

// The arguments, checked, with names for what follows from them.
struct Problem {
    const ds2s_feeding_decoder& given;
    int64_t steps, batch, sources, inputs, hidden, values_width;

    Problem(const char* where, const ds2s_feeding_decoder& decoder);

    int64_t rows() const { return steps * batch; }
    int64_t layer_count() const { return given.layer_count; }
    bool is_additive() const { return given.query != nullptr; }

    // Matrices and the columns of them that are multiplied apart, as `op` takes them.
    Weight word_weight(Op op) const { return part(given.layers[0].w_ih, 4 * hidden, inputs, inputs + hidden, op); }
    Weight fed_weight(Op op) const { return part(given.layers[0].w_ih + inputs, 4 * hidden, hidden, inputs + hidden, op); }
    Weight input_weight(int64_t layer, Op op) const { return part(given.layers[layer].w_ih, 4 * hidden, hidden, hidden, op); }
    Weight recurrent_weight(int64_t layer, Op op) const { return part(given.layers[layer].w_hh, 4 * hidden, hidden, hidden, op); }
    Weight context_weight(Op op) const { return part(given.combine, hidden, values_width, values_width + hidden, op); }
    Weight state_weight(Op op) const { return part(given.combine + values_width, hidden, hidden, values_width + hidden, op); }
    Weight query_weight(Op op) const { return part(given.query, hidden, hidden, hidden, op); }

    // Additive scores of one state against the sentence `row`.
    AdditiveScores scores_of(int64_t row, const float* query) const
    {
        const int64_t stride = batch * hidden;
        return {1, given.lengths[row], hidden, stride, sources, query, given.keys + row * hidden, given.vector, nullptr};
    }

private:
    // Rows times columns of a matrix; op(it) is what rows are multiplied by.
    static Weight part(const float* data, int64_t rows, int64_t columns, int64_t stride, Op op)
    {
        return {data, op, op == Op::Plain ? rows : columns, op == Op::Plain ? columns : rows, stride};
    }
};

// What forward leaves of one layer: [T, B, 4H] factors (see vector/kernels.h) and [T, B, H] all else.
struct KeptLayer {
    float *factors, *forget, *cell_factor, *states;
    float* inputs;  // of the layers above the first; null for the first
};

// What forward leaves for backward, in one piece of memory.
struct Kept {
    KeptLayer* layers;
    float *top, *queries;       // [T, B, H]; queries null unless scores are additive
    float* attentional;         // [T, B, H] before the mask; null without one: then it is what comes out
    float *weights, *context;   // [T, B, S], [T, B, E]
    int64_t size;               // floats in all

    // Where everything lies that begins at `memory`.
    Kept(const ds2s_feeding_decoder& decoder, float* memory, Scratch& scratch);
};

}  // namespace ds2s::feeding
