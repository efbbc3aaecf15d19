// The decoder with input feeding against separate operations in double precision.
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "testing.h"

using namespace testing;

namespace {

using Values = std::vector<at::Tensor>;

struct Shape {
    int64_t steps, batch, inputs, hidden, sources, values, layers;
    bool additive, residual, masked;
};

// Matrices so small that steps do not blow rounding errors up.
at::Tensor leaf(at::IntArrayRef sizes)
{
    return (at::randn(sizes, at::kFloat) * (0.5 / std::sqrt(static_cast<double>(sizes.back())))).requires_grad_(true);
}

// Embedded, keys, values, combine, six of each layer, and with additive scores query and vector.
Values leaves_of(const Shape& s)
{
    Values leaves{leaf({s.steps, s.batch, s.inputs}), leaf({s.sources, s.batch, s.hidden}), leaf({s.sources, s.batch, s.values}),
                  leaf({s.hidden, s.values + s.hidden})};
    for (int64_t layer = 0; layer < s.layers; layer++)
        for (const auto& sizes : std::vector<std::vector<int64_t>>{{4 * s.hidden, s.hidden + (layer == 0 ? s.inputs : 0)},
                                                                  {4 * s.hidden, s.hidden},
                                                                  {4 * s.hidden},
                                                                  {4 * s.hidden},
                                                                  {s.batch, s.hidden},
                                                                  {s.batch, s.hidden}})
            leaves.push_back(leaf(sizes));
    if (s.additive) {
        leaves.push_back(leaf({s.hidden, s.hidden}));
        leaves.push_back(leaf({s.hidden}));
    }
    return leaves;
}

at::Tensor fused(const Shape& s, const Values& leaves, const at::Tensor& padding, const at::Tensor& layer_masks, const at::Tensor& mask)
{
    std::vector<ds2s_tensor> layers;
    for (size_t index = 4; index < 4 + 6 * static_cast<size_t>(s.layers); index++) layers.push_back(handle(leaves[index]));
    ds2s_feeding_decoder_arguments given{};
    given.embedded = handle(leaves[0]);
    given.layers = layers.data();
    given.layer_count = s.layers;
    given.keys = handle(leaves[1]);
    given.values = handle(leaves[2]);
    given.padding = handle(padding);
    given.query = s.additive ? handle(leaves[leaves.size() - 2]) : nullptr;
    given.vector = s.additive ? handle(leaves.back()) : nullptr;
    given.combine = handle(leaves[3]);
    given.layer_masks = handle(layer_masks);
    given.features_mask = handle(mask);
    given.residual = s.residual;
    ds2s_tensor features;
    succeed(ds2s_feeding_decoder(&given, &features));
    return take(features);
}

at::Tensor reference(const Shape& s, const Values& leaves, const at::Tensor& padding, const at::Tensor& layer_masks, const at::Tensor& mask)
{
    const auto keys = leaves[1].transpose(0, 1), values = leaves[2].transpose(0, 1);
    Values hidden, cell, features;
    for (int64_t layer = 0; layer < s.layers; layer++) {
        hidden.push_back(leaves[static_cast<size_t>(8 + 6 * layer)]);
        cell.push_back(leaves[static_cast<size_t>(9 + 6 * layer)]);
    }
    auto fed = at::zeros({s.batch, s.hidden}, at::kDouble);
    for (int64_t step = 0; step < s.steps; step++) {
        auto output = at::cat({leaves[0][step], fed}, 1);
        for (int64_t layer = 0; layer < s.layers; layer++) {
            const at::Tensor* w = &leaves[static_cast<size_t>(4 + 6 * layer)];
            const auto below = output;
            if (layer > 0 && layer_masks.defined()) output = output * layer_masks[layer - 1][step];
            auto& h = hidden[static_cast<size_t>(layer)];
            auto& c = cell[static_cast<size_t>(layer)];
            std::tie(h, c) = at::lstm_cell(output, {h, c}, w[0], w[1], w[2], w[3]);
            output = layer > 0 && s.residual ? h + below : h;
        }
        const auto scores = s.additive
            ? at::matmul(at::tanh(at::matmul(output, leaves[leaves.size() - 2].t()).unsqueeze(1) + keys), leaves.back())
            : at::bmm(keys, output.unsqueeze(2)).squeeze(2);
        const auto weights = at::softmax(scores.masked_fill(padding, -INFINITY), 1);
        const auto context = at::bmm(weights.unsqueeze(1), values).squeeze(1);
        fed = at::tanh(at::matmul(at::cat({context, output}, 1), leaves[3].t()));
        if (mask.defined()) fed = fed * mask[step];
        features.push_back(fed);
    }
    return at::stack(features);
}

void compare(const Shape& s)
{
    const auto leaves = leaves_of(s);
    auto padding = at::zeros({s.batch, s.sources}, at::kBool);
    for (int64_t row = 0; row < s.batch; row++) padding[row].slice(0, s.sources - row % s.sources).fill_(true);
    const auto dropped = [&](at::IntArrayRef sizes) { return s.masked ? (at::rand(sizes) > 0.3).to(at::kFloat) / 0.7 : at::Tensor(); };
    const auto layer_masks = s.layers > 1 ? dropped({s.layers - 1, s.steps, s.batch, s.hidden}) : at::Tensor();
    const auto mask = dropped({s.steps, s.batch, s.hidden}), d_features = at::randn({s.steps, s.batch, s.hidden});
    const auto actual = fused(s, leaves, padding, layer_masks, mask);
    const auto gradients = torch::autograd::grad({actual}, leaves, {d_features});

    Values exact;
    for (const auto& own : leaves) exact.push_back(own.detach().to(at::kDouble).requires_grad_(true));
    const auto expected = reference(s, exact, padding, layer_masks, mask);
    const auto exact_gradients = torch::autograd::grad({expected}, exact, {d_features.to(at::kDouble)});
    check_close("features", actual.detach(), expected.detach());
    for (size_t index = 0; index < leaves.size(); index++)
        check_close("gradient " + std::to_string(index) + " of H=" + std::to_string(s.hidden), gradients[index], exact_gradients[index]);

    Values moved;
    for (const auto& own : leaves) moved.push_back(misaligned(own, 3));
    check_same_bits("misaligned features", fused(s, moved, padding, layer_masks, mask).detach(), actual.detach());
}

}  // namespace

TEST_CASE(FeedingDecoder_ManyShapes_AgreesWithSeparateOperations)
{
    compare({1, 1, 1, 1, 1, 1, 1, false, false, false});
    compare({5, 3, 4, 17, 6, 9, 1, false, false, true});
    compare({4, 3, 5, 16, 3, 16, 2, true, false, false});
    compare({7, 2, 3, 9, 5, 20, 3, true, true, true});
    compare({12, 11, 20, 48, 13, 64, 2, false, true, true});  // weights packed
}

TEST_CASE(FeedingDecoder_WrongArguments_NamedInTheError)
{
    const Shape s{2, 3, 4, 5, 6, 7, 1, false, false, false};
    auto leaves = leaves_of(s);
    auto ended = at::zeros({3, 6}, at::kBool);
    ended[1].fill_(true);
    bool failed = false;
    try {
        fused(s, leaves, ended, {}, {});
    } catch (const std::runtime_error& error) {
        failed = std::string(error.what()).find("sentence 1 has no source position") != std::string::npos;
    }
    check(failed, "a sentence without source was not refused");
    leaves[3] = at::zeros({5, 11});
    failed = false;
    try {
        fused(s, leaves, at::zeros({3, 6}, at::kBool), {}, {});
    } catch (const std::runtime_error& error) {
        failed = std::string(error.what()).find("combine has shape [5, 11], expected [5, 12]") != std::string::npos;
    }
    check(failed, "a matrix of the wrong shape was not refused");
}
