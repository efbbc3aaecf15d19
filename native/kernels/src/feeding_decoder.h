// What forward and backward of the decoder with input feeding share.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

namespace ds2s::feeding {

struct Layer {
    at::Tensor w_ih, w_hh, b_ih, b_hh, h0, c0;
};

// The arguments, contiguous and checked; shapes as in distseq2seq_kernels.h.
struct Problem {
    at::Tensor embedded, keys, values, query, vector, combine, layer_masks, features_mask;
    std::vector<Layer> layers;
    std::vector<int64_t> lengths;  // source positions of each sentence
    bool residual = false;
    int64_t steps = 0, batch = 0, inputs = 0, hidden = 0, sources = 0, value_width = 0;

    bool is_additive() const { return query.defined(); }
    int64_t rows() const { return steps * batch; }

    // Slices of matrices that are multiplied apart.
    at::Tensor word_weight() const { return layers[0].w_ih.narrow(1, 0, inputs).contiguous(); }
    at::Tensor fed_weight() const { return layers[0].w_ih.narrow(1, inputs, hidden).contiguous(); }
    at::Tensor context_weight() const { return combine.narrow(1, 0, value_width).contiguous(); }
    at::Tensor state_weight() const { return combine.narrow(1, value_width, hidden).contiguous(); }
};

// What forward leaves for backward. For each layer: [T, B, 4H] factors (see vector/kernels.h) and [T, B, H] all else.
struct Kept {
    std::vector<at::Tensor> factors, forget, cell_factor, states;
    std::vector<at::Tensor> inputs;                 // of the layers above the first; the first entry is undefined
    at::Tensor top, queries, attentional, features;  // [T, B, H]
    at::Tensor weights, context;                    // [T, B, S], [T, B, E]
};

// Gradients in the order: embedded, keys, values, query, vector, combine, then the six of each layer.
struct Gradients {
    at::Tensor embedded, keys, values, query, vector, combine;
    std::vector<Layer> layers;
};

Kept forward(const Problem& problem);
Gradients backward(const Problem& problem, const Kept& kept, const at::Tensor& d_features);

}  // namespace ds2s::feeding
