// Forward of the decoder with input feeding. Words of all steps are multiplied at once; what is fed, and the states, step by step.
#include <new>

#include "feeding_decoder.h"
#include "steps.h"

namespace ds2s::feeding {

namespace {

// Scores, weights and context of one step for each sentence.
void attend_all(const Problem& p, const Kept& kept, int64_t step)
{
    const auto& vectors = vector_kernels();
    for (int64_t row = 0; row < p.batch; row++) {
        const int64_t at = step * p.batch + row, length = p.given.lengths[row];
        float* weights = kept.weights + at * p.sources;
        clear(weights + length, p.sources - length);
        if (p.is_additive()) {
            auto scores = p.scores_of(row, kept.queries + at * p.hidden);
            scores.scores = weights;
            vectors.additive_scores(scores);
        }
        vectors.attend({length, p.hidden, p.values_width, p.batch * p.hidden, p.batch * p.values_width,
                        p.is_additive() ? nullptr : kept.top + at * p.hidden, p.given.keys + row * p.hidden,
                        p.given.values + row * p.values_width, weights, kept.context + at * p.values_width});
    }
}

// A weight for each layer.
template <typename Make>
const PackedWeight* for_each_layer(const Problem& p, Scratch& scratch, Make make)
{
    auto* weights = scratch.take<PackedWeight>(p.layer_count());
    for (int64_t layer = 0; layer < p.layer_count(); layer++) new (weights + layer) PackedWeight(make(layer), p.rows(), scratch);
    return weights;
}

void run(const Problem& p, const Kept& kept, float* features, Scratch& scratch)
{
    const int64_t layers = p.layer_count(), hidden = p.hidden, width = p.batch * hidden;  // of one step's states
    const auto& vectors = vector_kernels();
    const auto* masks = p.given.layer_masks;
    const auto* recurrent = for_each_layer(p, scratch, [&](int64_t layer) { return p.recurrent_weight(layer, Op::Transposed); });
    const auto* input = for_each_layer(
        p, scratch, [&](int64_t layer) { return layer == 0 ? p.fed_weight(Op::Transposed) : p.input_weight(layer, Op::Transposed); });
    const PackedWeight of_context(p.context_weight(Op::Transposed), p.rows(), scratch),
        of_state(p.state_weight(Op::Transposed), p.rows(), scratch),
        query(p.is_additive() ? p.query_weight(Op::Transposed) : Weight{}, p.is_additive() ? p.rows() : 0, scratch);
    float* bias = scratch.floats(layers * 4 * hidden);
    float* cell = scratch.floats(layers * width);
    for (int64_t layer = 0; layer < layers; layer++) {
        for (int64_t j = 0; j < 4 * hidden; j++) bias[layer * 4 * hidden + j] = p.given.layers[layer].b_ih[j] + p.given.layers[layer].b_hh[j];
        copy(cell + layer * width, p.given.layers[layer].c0, width);
    }
    float* attentional = kept.attentional != nullptr ? kept.attentional : features;
    PlainWeight(p.word_weight(Op::Transposed)).multiply(p.rows(), p.given.embedded, kept.layers[0].factors, false);
    for (int64_t step = 0; step < p.steps; step++) {
        const int64_t at = step * width;
        float* top = kept.top + at;  // the output of the layer below, while the layers run
        for (int64_t layer = 0; layer < layers; layer++) {
            const auto& own = kept.layers[layer];
            float* gates = own.factors + 4 * at;
            if (layer > 0) {
                const float* mask = masks == nullptr ? nullptr : masks + (layer - 1) * p.steps * width + at;
                for (int64_t j = 0; j < width; j++) own.inputs[at + j] = mask == nullptr ? top[j] : top[j] * mask[j];
                input[layer].multiply(p.batch, own.inputs + at, gates, false);
            } else if (step > 0) {
                input[0].multiply(p.batch, features + at - width, gates, true);
            }
            recurrent[layer].multiply(p.batch, step > 0 ? own.states + at - width : p.given.layers[layer].h0, gates, true);
            vectors.lstm_step({p.batch, hidden, gates, bias + layer * 4 * hidden, cell + layer * width, own.states + at, own.states + at,
                               own.forget + at, own.cell_factor + at});
            const bool adds = p.given.residual != 0 && layer > 0;
            for (int64_t j = 0; j < width; j++) top[j] = adds ? own.states[at + j] + top[j] : own.states[at + j];
        }
        if (p.is_additive()) query.multiply(p.batch, top, kept.queries + at, false);
        attend_all(p, kept, step);
        of_context.multiply(p.batch, kept.context + step * p.batch * p.values_width, attentional + at, false);
        of_state.multiply(p.batch, top, attentional + at, true);
        vectors.squash({width, attentional + at, p.given.features_mask == nullptr ? nullptr : p.given.features_mask + at, features + at});
    }
}

}  // namespace

}  // namespace ds2s::feeding

extern "C" int ds2s_feeding_forward(const ds2s_feeding_decoder* decoder, float* features, float* kept)
{
    using namespace ds2s;
    return guarded([&] {
        const feeding::Problem problem("ds2s_feeding_forward", *decoder);
        Scratch scratch;
        float* memory = kept != nullptr ? kept : scratch.floats(ds2s_feeding_kept(decoder));
        feeding::run(problem, feeding::Kept(*decoder, memory, scratch), features, scratch);
    });
}
