// Backward of the decoder with input feeding: step by step what flows through time, then each weight's gradient as one product.
#include <new>
#include <utility>

#include "feeding_decoder.h"
#include "steps.h"

namespace ds2s::feeding {

namespace {

// What backward computes for each step before the sums over steps.
struct Flow {
    float** d_gates;               // of each layer [T, B, 4H]
    float* d_combined;             // [T, B, H], before the tanh
    float *d_context, *d_scores;   // [T, B, E], [T, B, S]
    float *d_queries, *d_vectors;  // additive: [T, B, H] each
};

void attend_all(const Problem& p, const Kept& kept, const Flow& flow, int64_t step, float* d_top, float* d_keys)
{
    const auto& vectors = vector_kernels();
    for (int64_t row = 0; row < p.batch; row++) {
        const int64_t at = step * p.batch + row, state = at * p.hidden;
        float* d_scores = flow.d_scores + at * p.sources;
        vectors.attend_gradient({p.given.lengths[row], p.hidden, p.values_width, p.batch * p.hidden, p.batch * p.values_width,
                                 p.given.keys + row * p.hidden, p.given.values + row * p.values_width, kept.weights + at * p.sources,
                                 flow.d_context + at * p.values_width, d_scores, p.is_additive() ? nullptr : d_top + row * p.hidden});
        if (p.is_additive())
            vectors.additive_scores_gradient({p.scores_of(row, kept.queries + state), d_scores, flow.d_queries + state,
                                              d_keys + row * p.hidden, flow.d_vectors + state});
    }
}

// Leaves the gradients of the first states, and with additive scores those of the keys.
void through_time(const Problem& p, const Kept& kept, const float* features, const float* d_features, const Flow& flow,
                  const ds2s_feeding_gradients& gradients)
{
    Scratch scratch;
    const int64_t layers = p.layer_count(), hidden = p.hidden, width = p.batch * hidden;
    const auto& vectors = vector_kernels();
    auto* recurrent = scratch.take<PackedWeight>(layers);
    auto* input = scratch.take<PackedWeight>(layers);
    for (int64_t layer = 0; layer < layers; layer++) {
        new (recurrent + layer) PackedWeight(p.recurrent_weight(layer, Op::Plain), p.rows(), scratch);
        new (input + layer) PackedWeight(layer == 0 ? p.fed_weight(Op::Plain) : p.input_weight(layer, Op::Plain), p.rows(), scratch);
        clear(gradients.layers[layer].h0, width);
        clear(gradients.layers[layer].c0, width);
    }
    const PackedWeight of_context(p.context_weight(Op::Plain), p.rows(), scratch), of_state(p.state_weight(Op::Plain), p.rows(), scratch),
        query(p.is_additive() ? p.query_weight(Op::Plain) : Weight{}, p.is_additive() ? p.rows() : 0, scratch);
    if (p.is_additive()) clear(gradients.keys, p.sources * width);
    clear(flow.d_scores, p.rows() * p.sources);
    float* d_fed = scratch.zeros(width);
    float* d_top = scratch.floats(width);
    float* d_input = scratch.floats(width);
    const float* attentional = kept.attentional != nullptr ? kept.attentional : features;
    const float *masks = p.given.layer_masks, *mask = p.given.features_mask;
    for (int64_t step = p.steps - 1; step >= 0; step--) {
        const int64_t at = step * width;
        float* d_combined = flow.d_combined + at;
        for (int64_t j = 0; j < width; j++) {
            const float value = attentional[at + j], d_masked = d_features[at + j] + d_fed[j];
            d_combined[j] = (mask == nullptr ? d_masked : d_masked * mask[at + j]) * (1 - value * value);
        }
        of_context.multiply(p.batch, d_combined, flow.d_context + step * p.batch * p.values_width, false);
        of_state.multiply(p.batch, d_combined, d_top, false);
        attend_all(p, kept, flow, step, d_top, gradients.keys);
        if (p.is_additive()) query.multiply(p.batch, flow.d_queries + at, d_top, true);
        for (int64_t layer = layers - 1; layer >= 0; layer--) {
            const auto& own = kept.layers[layer];
            const auto& d_first = gradients.layers[layer];
            float* d_gates = flow.d_gates[layer] + 4 * at;
            vectors.lstm_step_gradient(
                {p.batch, hidden, own.factors + 4 * at, own.forget + at, own.cell_factor + at, d_top, d_first.h0, d_first.c0, d_gates});
            recurrent[layer].multiply(p.batch, d_gates, d_first.h0, false);
            input[layer].multiply(p.batch, d_gates, layer == 0 ? d_fed : d_input, false);
            if (layer == 0) continue;
            const float* layer_mask = masks == nullptr ? nullptr : masks + (layer - 1) * p.steps * width + at;
            for (int64_t j = 0; j < width && layer_mask != nullptr; j++) d_input[j] *= layer_mask[j];
            if (p.given.residual != 0)
                for (int64_t j = 0; j < width; j++) d_top[j] += d_input[j];
            else
                std::swap(d_top, d_input);
        }
    }
}

// left^T * right over all rows into columns of a matrix whose rows are `stride` apart.
void product_into(float* matrix, int64_t stride, const float* left, int64_t left_width, const float* right, int64_t right_width, int64_t rows,
                  bool accumulate)
{
    multiply(Op::Transposed, Op::Plain, left_width, right_width, rows, left, left_width, right, right_width, accumulate, matrix, stride);
}

// For each sentence the sum over steps of factors[t, b, s] * rows[t, b, :], at [s, b, :].
void over_steps(const Problem& p, const float* factors, const float* rows, int64_t width, float* sums)
{
    clear(sums, p.sources * p.batch * width);
    for (int64_t row = 0; row < p.batch; row++)
        multiply(Op::Transposed, Op::Plain, p.given.lengths[row], width, p.steps, factors + row * p.sources, p.batch * p.sources,
                 rows + row * width, p.batch * width, false, sums + row * width, p.batch * width);
}

void run(const Problem& p, const Kept& kept, const float* features, const float* d_features, const ds2s_feeding_gradients& gradients)
{
    Scratch scratch;
    const int64_t hidden = p.hidden, gates = 4 * hidden, width = p.batch * hidden, rows = p.rows(), values = p.values_width;
    const int64_t later = rows - p.batch;  // rows of all steps but one
    Flow flow{scratch.take<float*>(p.layer_count()),
              scratch.floats(rows * hidden),
              scratch.floats(rows * values),
              scratch.floats(rows * p.sources),
              p.is_additive() ? scratch.floats(rows * hidden) : nullptr,
              p.is_additive() ? scratch.floats(rows * hidden) : nullptr};
    for (int64_t layer = 0; layer < p.layer_count(); layer++) flow.d_gates[layer] = scratch.floats(rows * gates);
    through_time(p, kept, features, d_features, flow, gradients);
    for (int64_t layer = 0; layer < p.layer_count(); layer++) {
        const auto& own = gradients.layers[layer];
        const float* d_gates = flow.d_gates[layer];
        product_into(own.w_hh, hidden, d_gates, gates, p.given.layers[layer].h0, hidden, p.batch, false);
        product_into(own.w_hh, hidden, d_gates + 4 * width, gates, kept.layers[layer].states, hidden, later, true);
        column_sums(d_gates, rows, gates, own.b_ih);
        copy(own.b_hh, own.b_ih, gates);
        if (layer > 0) {
            product_into(own.w_ih, hidden, d_gates, gates, kept.layers[layer].inputs, hidden, rows, false);
        } else {
            const int64_t stride = p.inputs + hidden;
            product_into(own.w_ih, stride, d_gates, gates, p.given.embedded, p.inputs, rows, false);
            product_into(own.w_ih + p.inputs, stride, d_gates + 4 * width, gates, features, hidden, later, false);
        }
    }
    PlainWeight(p.word_weight(Op::Plain)).multiply(rows, flow.d_gates[0], gradients.embedded, false);
    product_into(gradients.combine, values + hidden, flow.d_combined, hidden, kept.context, values, rows, false);
    product_into(gradients.combine + values, values + hidden, flow.d_combined, hidden, kept.top, hidden, rows, false);
    over_steps(p, kept.weights, flow.d_context, values, gradients.values);
    if (p.is_additive()) {
        product_into(gradients.query, hidden, flow.d_queries, hidden, kept.top, hidden, rows, false);
        column_sums(flow.d_vectors, rows, hidden, gradients.vector);
    } else {
        over_steps(p, flow.d_scores, kept.top, hidden, gradients.keys);
    }
}

}  // namespace

}  // namespace ds2s::feeding

extern "C" int ds2s_feeding_backward(const ds2s_feeding_decoder* decoder, const float* features, const float* kept, const float* d_features,
                                     const ds2s_feeding_gradients* gradients)
{
    using namespace ds2s;
    return guarded([&] {
        const feeding::Problem problem("ds2s_feeding_backward", *decoder);
        Scratch scratch;
        feeding::run(problem, feeding::Kept(*decoder, const_cast<float*>(kept), scratch), features, d_features, *gradients);
    });
}
