// Backward of the decoder with input feeding: step by step what flows through time, then each weight's gradient as one product.
#include <ATen/Parallel.h>

#include <deque>

#include "feeding_decoder.h"
#include "packed_weight.h"
#include "products.h"
#include "vector/kernels.h"

namespace ds2s::feeding {

namespace {

// What backward computes for each step before the sums over steps.
struct Flow {
    std::vector<at::Tensor> d_gates;          // of each layer [T, B, 4H]
    at::Tensor d_combined;                    // [T, B, H], before the tanh
    at::Tensor d_context, d_scores;           // [T, B, E], [T, B, S]
    at::Tensor d_queries, d_keys, d_vectors;  // additive: [T, B, H], [S, B, H] and [T, B, H]
};

float* at_step(const Problem& p, const at::Tensor& tensor, int64_t step)
{
    return tensor.data_ptr<float>() + step * p.batch * tensor.size(2);
}

at::Tensor as_rows(const at::Tensor& tensor)
{
    return tensor.view({-1, tensor.size(2)});
}

void attend_all(const Problem& p, const Kept& kept, const Flow& flow, int64_t step, const at::Tensor& d_top)
{
    const auto& vectors = vector_kernels();
    const int64_t first = step * p.batch, key_stride = p.batch * p.hidden;
    at::parallel_for(0, p.batch, 1, [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; row++) {
            const int64_t sources = p.lengths[static_cast<size_t>(row)], at = (first + row) * p.hidden;
            const float* keys = p.keys.data_ptr<float>() + row * p.hidden;
            float* d_scores = flow.d_scores.data_ptr<float>() + (first + row) * p.sources;
            vectors.attend_gradient({sources, p.hidden, p.value_width, key_stride, p.batch * p.value_width, keys,
                                     p.values.data_ptr<float>() + row * p.value_width,
                                     kept.weights.data_ptr<float>() + (first + row) * p.sources,
                                     flow.d_context.data_ptr<float>() + (first + row) * p.value_width, d_scores,
                                     p.is_additive() ? nullptr : d_top.data_ptr<float>() + row * p.hidden});
            if (!p.is_additive()) continue;
            AdditiveScores scores{};
            scores.targets = 1;
            scores.sources = sources;
            scores.width = p.hidden;
            scores.stride = key_stride;
            scores.query = kept.queries.data_ptr<float>() + at;
            scores.key = keys;
            scores.vector = p.vector.data_ptr<float>();
            vectors.additive_scores_gradient({scores, d_scores, flow.d_queries.data_ptr<float>() + at,
                                              flow.d_keys.data_ptr<float>() + row * p.hidden,
                                              flow.d_vectors.data_ptr<float>() + at});
        }
    });
}

// Leaves the gradients of the first states in the layers of `gradients`.
Flow through_time(const Problem& p, const Kept& kept, const at::Tensor& d_features, Gradients& gradients)
{
    constexpr int64_t elements_per_task = 1 << 14;
    const auto options = p.embedded.options().requires_grad(false);
    const auto& vectors = vector_kernels();
    Flow flow;
    std::deque<PackedWeight> recurrent, input;
    for (const auto& layer : p.layers) {
        flow.d_gates.push_back(at::empty_like(kept.factors[0]));
        recurrent.emplace_back(layer.w_hh, Op::Plain, p.rows());
        if (flow.d_gates.size() > 1) input.emplace_back(layer.w_ih, Op::Plain, p.rows());
        gradients.layers.push_back({{}, {}, {}, {}, at::zeros_like(layer.h0), at::zeros_like(layer.c0)});
    }
    flow.d_combined = at::empty_like(kept.top);
    flow.d_context = at::empty_like(kept.context);
    flow.d_scores = at::zeros_like(kept.weights);
    if (p.is_additive()) {
        flow.d_queries = at::empty_like(kept.queries);
        flow.d_vectors = at::empty_like(kept.queries);
        flow.d_keys = at::zeros_like(p.keys);
    }
    const auto fed_weight = p.fed_weight(), context_weight = p.context_weight(), state_weight = p.state_weight();
    const PackedWeight fed(fed_weight, Op::Plain, p.rows()), of_context(context_weight, Op::Plain, p.rows()),
        of_state(state_weight, Op::Plain, p.rows()),
        query(p.is_additive() ? p.query : state_weight, Op::Plain, p.is_additive() ? p.rows() : 0);
    auto d_fed = at::zeros({p.batch, p.hidden}, options), d_attentional = at::empty_like(d_fed), d_top = at::empty_like(d_fed),
         d_input = at::empty_like(d_fed);
    for (int64_t step = p.steps - 1; step >= 0; step--) {
        at::add_out(d_attentional, d_features.select(0, step), d_fed);
        if (p.features_mask.defined()) d_attentional.mul_(p.features_mask.select(0, step));
        auto d_combined = flow.d_combined.select(0, step);
        at::tanh_backward_out(d_combined, d_attentional, kept.attentional.select(0, step));
        of_context.multiply(p.batch, at_step(p, flow.d_combined, step), at_step(p, flow.d_context, step), false);
        of_state.multiply(p.batch, at_step(p, flow.d_combined, step), d_top.data_ptr<float>(), false);
        attend_all(p, kept, flow, step, d_top);
        if (p.is_additive()) query.multiply(p.batch, at_step(p, flow.d_queries, step), d_top.data_ptr<float>(), true);
        for (size_t index = p.layers.size(); index-- > 0;) {
            float* d_gates = at_step(p, flow.d_gates[index], step);
            auto& d_first = gradients.layers[index];
            at::parallel_for(0, p.batch, elements_per_task / p.hidden + 1, [&](int64_t begin, int64_t end) {
                const int64_t at = begin * p.hidden;
                vectors.lstm_step_gradient({end - begin, p.hidden, at_step(p, kept.factors[index], step) + 4 * at,
                                            at_step(p, kept.forget[index], step) + at,
                                            at_step(p, kept.cell_factor[index], step) + at, d_top.data_ptr<float>() + at,
                                            d_first.h0.data_ptr<float>() + at, d_first.c0.data_ptr<float>() + at,
                                            d_gates + 4 * at});
            });
            recurrent[index].multiply(p.batch, d_gates, d_first.h0.data_ptr<float>(), false);
            if (index == 0) {
                fed.multiply(p.batch, d_gates, d_fed.data_ptr<float>(), false);
                continue;
            }
            input[index - 1].multiply(p.batch, d_gates, d_input.data_ptr<float>(), false);
            if (p.layer_masks.defined())
                d_input.mul_(p.layer_masks.select(0, static_cast<int64_t>(index) - 1).select(0, step));
            if (p.residual)
                d_top.add_(d_input);
            else
                std::swap(d_top, d_input);
        }
    }
    return flow;
}

// left^T * right over all rows into columns of a wider matrix.
void product_into(at::Tensor& matrix, int64_t column, const at::Tensor& left, const at::Tensor& right, int64_t from_row, bool accumulate)
{
    const int64_t rows = right.size(0);
    multiply(Op::Transposed, Op::Plain, left.size(1), right.size(1), rows, left.data_ptr<float>() + from_row * left.size(1),
             left.size(1), right.data_ptr<float>(), right.size(1), accumulate, matrix.data_ptr<float>() + column, matrix.size(1));
}

// For each sentence the sum over steps of factors[t, b, s] * rows[t, b, :], at [s, b, :].
at::Tensor over_steps(const Problem& p, const at::Tensor& factors, const at::Tensor& rows)
{
    const int64_t width = rows.size(2);
    auto sums = at::zeros({p.sources, p.batch, width}, rows.options());
    for (int64_t row = 0; row < p.batch; row++)
        multiply(Op::Transposed, Op::Plain, p.lengths[static_cast<size_t>(row)], width, p.steps,
                 factors.data_ptr<float>() + row * p.sources, p.batch * p.sources, rows.data_ptr<float>() + row * width,
                 p.batch * width, false, sums.data_ptr<float>() + row * width, p.batch * width);
    return sums;
}

}  // namespace

Gradients backward(const Problem& p, const Kept& kept, const at::Tensor& d_features)
{
    Gradients gradients;
    const auto flow = through_time(p, kept, d_features, gradients);
    const int64_t later = p.rows() - p.batch;  // rows of all steps but one
    for (size_t index = 0; index < p.layers.size(); index++) {
        auto& layer = gradients.layers[index];
        const auto d_gates = as_rows(flow.d_gates[index]);
        layer.w_hh = transposed_product(d_gates.narrow(0, 0, p.batch), p.layers[index].h0);
        product_into(layer.w_hh, 0, d_gates, as_rows(kept.states[index]).narrow(0, 0, later), p.batch, true);
        layer.b_ih = column_sums(d_gates);
        layer.b_hh = layer.b_ih.clone();
        layer.w_ih = at::empty_like(p.layers[index].w_ih);
        if (index > 0) {
            product_into(layer.w_ih, 0, d_gates, as_rows(kept.inputs[index]), 0, false);
        } else {
            product_into(layer.w_ih, 0, d_gates, as_rows(p.embedded), 0, false);
            product_into(layer.w_ih, p.inputs, d_gates, as_rows(kept.features).narrow(0, 0, later), p.batch, false);
        }
    }
    gradients.embedded = at::empty_like(p.embedded);
    const auto word_weight = p.word_weight();
    PackedWeight(word_weight, Op::Plain, p.rows())
        .multiply(p.rows(), flow.d_gates[0].data_ptr<float>(), gradients.embedded.data_ptr<float>(), false);
    const auto d_combined = as_rows(flow.d_combined);
    gradients.combine = at::empty_like(p.combine);
    product_into(gradients.combine, 0, d_combined, as_rows(kept.context), 0, false);
    product_into(gradients.combine, p.value_width, d_combined, as_rows(kept.top), 0, false);
    gradients.values = over_steps(p, kept.weights, flow.d_context);
    if (p.is_additive()) {
        gradients.keys = flow.d_keys;
        gradients.query = transposed_product(as_rows(flow.d_queries), as_rows(kept.top));
        gradients.vector = column_sums(as_rows(flow.d_vectors));
    } else {
        gradients.keys = over_steps(p, flow.d_scores, kept.top);
    }
    return gradients;
}

}  // namespace ds2s::feeding
