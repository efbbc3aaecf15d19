// Forward of the decoder with input feeding. Words of all steps are multiplied at once; what is fed, and the states, step by step.
#include <ATen/Parallel.h>

#include <deque>

#include "feeding_decoder.h"
#include "packed_weight.h"
#include "vector/kernels.h"

namespace ds2s::feeding {

namespace {

// Scores, weights and context of one step for each sentence.
void attend_all(const Problem& p, Kept& kept, int64_t step)
{
    const auto& vectors = vector_kernels();
    const int64_t first = step * p.batch;
    at::parallel_for(0, p.batch, 1, [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; row++) {
            float* weights = kept.weights.data_ptr<float>() + (first + row) * p.sources;
            const int64_t sources = p.lengths[static_cast<size_t>(row)], key_stride = p.batch * p.hidden;
            const float* keys = p.keys.data_ptr<float>() + row * p.hidden;
            if (p.is_additive()) {
                AdditiveScores scores{};
                scores.targets = 1;
                scores.sources = sources;
                scores.width = p.hidden;
                scores.stride = key_stride;
                scores.query = kept.queries.data_ptr<float>() + (first + row) * p.hidden;
                scores.key = keys;
                scores.vector = p.vector.data_ptr<float>();
                scores.scores = weights;
                vectors.additive_scores(scores);
            }
            vectors.attend({sources, p.hidden, p.value_width, key_stride, p.batch * p.value_width,
                            p.is_additive() ? nullptr : kept.top.data_ptr<float>() + (first + row) * p.hidden, keys,
                            p.values.data_ptr<float>() + row * p.value_width, weights,
                            kept.context.data_ptr<float>() + (first + row) * p.value_width});
        }
    });
}

}  // namespace

Kept forward(const Problem& p)
{
    constexpr int64_t elements_per_task = 1 << 14;
    const auto options = p.embedded.options().requires_grad(false);
    const auto per_step = [&](int64_t width) { return at::empty({p.steps, p.batch, width}, options); };
    const auto at_step = [&](const at::Tensor& tensor, int64_t step) {
        return tensor.data_ptr<float>() + step * p.batch * tensor.size(2);
    };
    const auto& vectors = vector_kernels();
    Kept kept;
    std::vector<at::Tensor> bias, cell;
    std::deque<PackedWeight> recurrent, input;  // `input` of the layers above the first
    for (const auto& layer : p.layers) {
        kept.factors.push_back(per_step(4 * p.hidden));
        kept.forget.push_back(per_step(p.hidden));
        kept.cell_factor.push_back(per_step(p.hidden));
        kept.states.push_back(per_step(p.hidden));
        kept.inputs.push_back(kept.inputs.empty() ? at::Tensor() : per_step(p.hidden));
        bias.push_back(layer.b_ih + layer.b_hh);
        cell.push_back(layer.c0.clone());
        recurrent.emplace_back(layer.w_hh, Op::Transposed, p.rows());
        if (kept.inputs.size() > 1) input.emplace_back(layer.w_ih, Op::Transposed, p.rows());
    }
    kept.top = per_step(p.hidden);
    kept.attentional = per_step(p.hidden);
    kept.features = p.features_mask.defined() ? per_step(p.hidden) : kept.attentional;
    kept.context = per_step(p.value_width);
    kept.weights = at::zeros({p.steps, p.batch, p.sources}, options);
    if (p.is_additive()) kept.queries = per_step(p.hidden);

    const auto word_weight = p.word_weight(), fed_weight = p.fed_weight(), context_weight = p.context_weight(),
               state_weight = p.state_weight();
    PackedWeight(word_weight, Op::Transposed, p.rows())
        .multiply(p.rows(), p.embedded.data_ptr<float>(), kept.factors[0].data_ptr<float>(), false);
    const PackedWeight fed(fed_weight, Op::Transposed, p.rows()), of_context(context_weight, Op::Transposed, p.rows()),
        of_state(state_weight, Op::Transposed, p.rows()),
        query(p.is_additive() ? p.query : state_weight, Op::Transposed, p.is_additive() ? p.rows() : 0);
    for (int64_t step = 0; step < p.steps; step++) {
        at::Tensor output;  // of the layer below
        for (size_t index = 0; index < p.layers.size(); index++) {
            float* gates = at_step(kept.factors[index], step);
            if (index > 0) {
                auto taken = kept.inputs[index].select(0, step);
                if (p.layer_masks.defined())
                    at::mul_out(taken, output, p.layer_masks.select(0, static_cast<int64_t>(index) - 1).select(0, step));
                else
                    taken.copy_(output);
                input[index - 1].multiply(p.batch, at_step(kept.inputs[index], step), gates, false);
            } else if (step > 0) {
                fed.multiply(p.batch, at_step(kept.features, step - 1), gates, true);
            }
            recurrent[index].multiply(
                p.batch, step > 0 ? at_step(kept.states[index], step - 1) : p.layers[index].h0.data_ptr<float>(), gates, true);
            float* state = at_step(kept.states[index], step);
            at::parallel_for(0, p.batch, elements_per_task / p.hidden + 1, [&](int64_t begin, int64_t end) {
                const int64_t at = begin * p.hidden;
                vectors.lstm_step({end - begin, p.hidden, gates + 4 * at, bias[index].data_ptr<float>(),
                                   cell[index].data_ptr<float>() + at, state + at, state + at,
                                   at_step(kept.forget[index], step) + at, at_step(kept.cell_factor[index], step) + at});
            });
            const auto own = kept.states[index].select(0, step);
            output = p.residual && index > 0 ? own + output : own;
        }
        kept.top.select(0, step).copy_(output);
        if (p.is_additive()) query.multiply(p.batch, at_step(kept.top, step), at_step(kept.queries, step), false);
        attend_all(p, kept, step);
        of_context.multiply(p.batch, at_step(kept.context, step), at_step(kept.attentional, step), false);
        of_state.multiply(p.batch, at_step(kept.top, step), at_step(kept.attentional, step), true);
        auto attentional = kept.attentional.select(0, step).tanh_();
        if (p.features_mask.defined()) {
            auto features = kept.features.select(0, step);
            at::mul_out(features, attentional, p.features_mask.select(0, step));
        }
    }
    return kept;
}

}  // namespace ds2s::feeding
