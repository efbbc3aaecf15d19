// The decoder with input feeding as one node of the autograd graph.
#include "feeding_decoder.h"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>

#include <memory>
#include <utility>

#include "guard.h"

namespace ds2s::feeding {

namespace {

using torch::autograd::Node;
using torch::autograd::variable_list;

constexpr const char* where = "ds2s_feeding_decoder";

// Not an autograd::Function, whose arguments are fixed in number.
struct Backward : Node {
    Problem problem;
    Kept kept;

    variable_list apply(variable_list&& d_results) override
    {
        TORCH_CHECK(!at::GradMode::is_enabled(), where, ": gradients of gradients are not available; use the plain layer");
        variable_list results(6 + 6 * problem.layers.size());
        if (!d_results[0].defined()) return results;
        const auto gradients = backward(problem, kept, d_results[0].contiguous());
        size_t next = 0;
        for (const auto& own : {gradients.embedded, gradients.keys, gradients.values, gradients.query, gradients.vector, gradients.combine})
            results[next++] = own;
        for (const auto& layer : gradients.layers)
            for (const auto& own : {layer.w_ih, layer.w_hh, layer.b_ih, layer.b_hh, layer.h0, layer.c0}) results[next++] = own;
        return results;
    }

    void release_variables() override
    {
        problem = {};
        kept = {};
    }

    std::string name() const override { return where; }
};

std::vector<int64_t> lengths_of(const at::Tensor& padding, int64_t batch, int64_t sources)
{
    TORCH_CHECK(padding.defined() && padding.sizes() == at::IntArrayRef({batch, sources}) && padding.scalar_type() == at::kBool,
                where, ": padding has to be a tensor of truth values of shape [", batch, ", ", sources, "]");
    const auto flags = padding.contiguous();
    std::vector<int64_t> lengths(static_cast<size_t>(batch), 0);
    for (size_t row = 0; row < lengths.size(); row++) {
        const bool* ended = flags.data_ptr<bool>() + static_cast<int64_t>(row) * sources;
        while (lengths[row] < sources && !ended[lengths[row]]) lengths[row]++;
        TORCH_CHECK(lengths[row] > 0, where, ": sentence ", row, " has no source position to look at");
    }
    return lengths;
}

// The tensors in the order of Gradients.
variable_list variables_of(const ds2s_feeding_decoder_arguments& given)
{
    variable_list variables;
    for (auto* handle : {given.embedded, given.keys, given.values, given.query, given.vector, given.combine})
        variables.push_back(tensor_of(handle));
    for (int64_t index = 0; index < 6 * given.layer_count; index++) variables.push_back(tensor_of(given.layers[index]));
    return variables;
}

void check(const char* name, at::Tensor& tensor, at::IntArrayRef shape)
{
    check_float(where, name, tensor, shape);
    tensor = tensor.detach().contiguous();
}

Problem checked(const ds2s_feeding_decoder_arguments& given, const variable_list& variables)
{
    Problem p;
    TORCH_CHECK(given.layer_count > 0, where, ": at least one layer is needed");
    p.embedded = variables[0];
    p.keys = variables[1];
    p.values = variables[2];
    p.query = variables[3];
    p.vector = variables[4];
    p.combine = variables[5];
    TORCH_CHECK(p.embedded.defined() && p.embedded.dim() == 3, where, ": embedded has to be a tensor of shape [T, B, I]");
    TORCH_CHECK(p.keys.defined() && p.keys.dim() == 3, where, ": keys has to be a tensor of shape [S, B, H]");
    TORCH_CHECK(p.values.defined() && p.values.dim() == 3, where, ": values has to be a tensor of shape [S, B, E]");
    p.steps = p.embedded.size(0);
    p.batch = p.embedded.size(1);
    p.inputs = p.embedded.size(2);
    p.sources = p.keys.size(0);
    p.hidden = p.keys.size(2);
    p.value_width = p.values.size(2);
    TORCH_CHECK(p.steps > 0 && p.batch > 0, where, ": at least one step of one sentence is needed, embedded has shape ", p.embedded.sizes());
    p.residual = given.residual != 0;
    p.lengths = lengths_of(tensor_of(given.padding), p.batch, p.sources);
    check("embedded", p.embedded, {p.steps, p.batch, p.inputs});
    check("keys", p.keys, {p.sources, p.batch, p.hidden});
    check("values", p.values, {p.sources, p.batch, p.value_width});
    check("combine", p.combine, {p.hidden, p.value_width + p.hidden});
    TORCH_CHECK(p.query.defined() == p.vector.defined(), where, ": give both query and vector or neither");
    if (p.query.defined()) {
        check("query", p.query, {p.hidden, p.hidden});
        check("vector", p.vector, {p.hidden});
    }
    p.layer_masks = tensor_of(given.layer_masks);
    p.features_mask = tensor_of(given.features_mask);
    if (p.layer_masks.defined()) check("layer_masks", p.layer_masks, {given.layer_count - 1, p.steps, p.batch, p.hidden});
    if (p.features_mask.defined()) check("features_mask", p.features_mask, {p.steps, p.batch, p.hidden});
    for (size_t at = 6; at < variables.size(); at += 6) {
        Layer layer{variables[at], variables[at + 1], variables[at + 2], variables[at + 3], variables[at + 4], variables[at + 5]};
        check("w_ih", layer.w_ih, {4 * p.hidden, p.hidden + (at == 6 ? p.inputs : 0)});
        check("w_hh", layer.w_hh, {4 * p.hidden, p.hidden});
        check("b_ih", layer.b_ih, {4 * p.hidden});
        check("b_hh", layer.b_hh, {4 * p.hidden});
        check("h0", layer.h0, {p.batch, p.hidden});
        check("c0", layer.c0, {p.batch, p.hidden});
        p.layers.push_back(std::move(layer));
    }
    return p;
}

}  // namespace

}  // namespace ds2s::feeding

extern "C" int ds2s_feeding_decoder(const ds2s_feeding_decoder_arguments* arguments, ds2s_tensor* features)
{
    using namespace ds2s::feeding;
    return ds2s::guarded([&] {
        const auto variables = variables_of(*arguments);
        auto problem = checked(*arguments, variables);
        at::Tensor result;
        Kept kept;
        {
            at::NoGradGuard no_gradient;
            kept = forward(problem);
            result = kept.features.detach();  // another tensor of the same memory: the node must not hold its own result
        }
        if (at::GradMode::is_enabled() && torch::autograd::any_variable_requires_grad(variables)) {
            const std::shared_ptr<Backward> node(new Backward(), torch::autograd::deleteNode);
            node->set_next_edges(torch::autograd::collect_next_edges(variables));
            node->problem = std::move(problem);
            node->kept = std::move(kept);
            torch::autograd::set_history(result, node);
        }
        *features = ds2s::handle_of(std::move(result));
    });
}
