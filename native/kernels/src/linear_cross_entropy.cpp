// Output layer and softmax cross-entropy over slices of rows: a slice's logits turn into their own gradient in place, and go
// into the gradients of hidden, weight and bias while they are in the cache.
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "guard.h"
#include "matrix.h"
#include "packed_weight.h"
#include "vector/kernels.h"

namespace ds2s {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr const char* where = "ds2s_linear_cross_entropy";

// Rows of one slice: logits of about 16 MB, so that the products are large and most of a slice stays in the last cache.
// A function of the shape alone, since the sums over slices depend on it.
int64_t slice_rows(int64_t classes)
{
    constexpr int64_t logits_per_slice = 4 << 20;
    return std::clamp<int64_t>(logits_per_slice / classes / 16 * 16, 16, 1024);
}

struct Gradients {
    at::Tensor hidden, weight, bias;  // undefined where not wanted
};

struct Output {
    ds2s_cross_entropy_counts counts{};
    Gradients gradients;
};

// The indices of the rows that count.
std::vector<int64_t> counted_rows(const at::Tensor& targets, int64_t classes, int64_t ignore_index)
{
    std::vector<int64_t> rows;
    rows.reserve(static_cast<size_t>(targets.size(0)));
    const int64_t* target = targets.data_ptr<int64_t>();
    for (int64_t row = 0; row < targets.size(0); row++) {
        if (target[row] == ignore_index) continue;
        TORCH_CHECK(target[row] >= 0 && target[row] < classes, where, ": targets[", row, "] is ", target[row],
                    ", expected 0..", classes - 1, " or ignore_index (", ignore_index, ")");
        rows.push_back(row);
    }
    return rows;
}

void copy_rows(const float* from, const std::vector<int64_t>& rows, size_t first, int64_t count, int64_t columns,
               float* to)
{
    for (int64_t index = 0; index < count; index++)
        std::memcpy(to + index * columns, from + rows[first + static_cast<size_t>(index)] * columns,
                    static_cast<size_t>(columns) * sizeof(float));
}

struct Wanted {
    bool hidden, weight, bias;
    bool any() const { return hidden || weight || bias; }
};

Output compute(const at::Tensor& hidden, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& targets,
               int64_t ignore_index, double smoothing, Wanted wanted)
{
    const int64_t classes = weight.size(0), width = weight.size(1);
    const auto rows = counted_rows(targets, classes, ignore_index);
    const auto total = static_cast<int64_t>(rows.size());
    const auto options = hidden.options().requires_grad(false);
    const int64_t slice = std::min(slice_rows(classes), total);

    Output output;
    output.counts.counted = total;
    if (wanted.hidden) output.gradients.hidden = at::zeros(hidden.sizes(), options);
    if (wanted.weight)
        output.gradients.weight = total == 0 ? at::zeros(weight.sizes(), options) : at::empty(weight.sizes(), options);
    if (wanted.bias) output.gradients.bias = at::zeros({classes}, options);

    auto logits = at::empty({slice, classes}, options);
    auto inputs = at::empty({slice, width}, options);
    auto d_inputs = wanted.hidden ? at::empty({slice, width}, options) : at::Tensor();
    float* z = logits.data_ptr<float>();
    float* h = inputs.data_ptr<float>();
    const int64_t rows_for_panels = panels_lead() ? total : 0;
    const PackedWeight to_logits(weight, Op::Transposed, rows_for_panels);
    std::optional<PackedWeight> to_hidden;
    if (wanted.hidden) to_hidden.emplace(weight, Op::Plain, rows_for_panels);
    const float* b = bias.defined() ? bias.data_ptr<float>() : nullptr;
    const int64_t* target = targets.data_ptr<int64_t>();
    const auto& vectors = vector_kernels();
    std::vector<CrossEntropyRow> results(static_cast<size_t>(slice));

    for (int64_t first = 0; first < total; first += slice) {
        const int64_t count = std::min(slice, total - first);
        copy_rows(hidden.data_ptr<float>(), rows, static_cast<size_t>(first), count, width, h);
        to_logits.multiply(count, h, z, false);
        at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; row++) {
                auto& result = results[static_cast<size_t>(row)];
                result = {z + row * classes, b, classes, target[rows[static_cast<size_t>(first + row)]],
                          static_cast<float>(smoothing), wanted.any(), 0, 0, false};
                vectors.cross_entropy_row(result);
            }
        });
        for (int64_t row = 0; row < count; row++) {
            const auto& result = results[static_cast<size_t>(row)];
            output.counts.loss += result.loss;
            output.counts.nll += result.nll;
            output.counts.correct += result.correct;
        }
        if (wanted.hidden) {
            to_hidden->multiply(count, z, d_inputs.data_ptr<float>(), false);
            for (int64_t row = 0; row < count; row++)
                std::memcpy(output.gradients.hidden.data_ptr<float>() + rows[static_cast<size_t>(first + row)] * width,
                            d_inputs.data_ptr<float>() + row * width, static_cast<size_t>(width) * sizeof(float));
        }
        if (wanted.weight)
            multiply(Op::Transposed, Op::Plain, classes, width, count, z, classes, h, width, first > 0,
                     output.gradients.weight.data_ptr<float>(), width);
        if (wanted.bias) {
            float* sums = output.gradients.bias.data_ptr<float>();
            at::parallel_for(0, (classes + 63) / 64, 32, [&](int64_t begin, int64_t end) {
                const int64_t at = begin * 64, columns = std::min(end * 64, classes) - at;
                vectors.add_rows(z + at, count, classes, columns, sums + at);
            });
        }
    }
    return output;
}

struct LinearCrossEntropy : torch::autograd::Function<LinearCrossEntropy> {
    static Variable forward(AutogradContext* context, Variable hidden, Variable weight, Variable given_bias,
                            Variable targets, int64_t ignore_index, double smoothing, bool differentiable,
                            int64_t counts_address)
    {
        const auto bias = without_placeholder(given_bias);
        const auto needs = [&](const at::Tensor& tensor) {
            return differentiable && tensor.defined() && tensor.requires_grad();
        };
        const Wanted wanted{needs(hidden), needs(weight), needs(bias)};
        auto output = compute(hidden.contiguous(), weight.contiguous(), bias.defined() ? bias.contiguous() : bias,
                              targets.contiguous(), ignore_index, smoothing, wanted);
        if (wanted.any())
            context->save_for_backward({output.gradients.hidden, output.gradients.weight, output.gradients.bias});
        *reinterpret_cast<ds2s_cross_entropy_counts*>(counts_address) = output.counts;
        return at::full({}, output.counts.loss, hidden.options().requires_grad(false));
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        TORCH_CHECK(!at::GradMode::is_enabled(), where, ": gradients of gradients are not available; use the plain layer");
        variable_list results(8);
        if (!gradients[0].defined()) return results;
        const auto factor = gradients[0].item<float>();
        const auto saved = context->get_saved_variables();
        for (size_t index = 0; index < saved.size(); index++)
            if (saved[index].defined()) results[index] = factor == 1.0f ? saved[index] : saved[index] * factor;
        return results;
    }
};

}  // namespace

}  // namespace ds2s

extern "C" int ds2s_linear_cross_entropy(ds2s_tensor hidden_handle, ds2s_tensor weight_handle, ds2s_tensor bias_handle,
                                         ds2s_tensor targets_handle, int64_t ignore_index, double label_smoothing,
                                         ds2s_tensor* loss_sum, ds2s_cross_entropy_counts* counts)
{
    using namespace ds2s;
    return guarded([&] {
        const auto hidden = tensor_of(hidden_handle), weight = tensor_of(weight_handle), bias = tensor_of(bias_handle);
        const auto targets = tensor_of(targets_handle);
        TORCH_CHECK(hidden.defined() && hidden.dim() == 2, where, ": hidden has to be a tensor of shape [N, H]");
        TORCH_CHECK(weight.defined() && weight.dim() == 2 && weight.size(0) > 0 && weight.size(1) > 0, where,
                    ": weight has to be a tensor of shape [V, H], both at least 1");
        check_float(where, "hidden", hidden, {hidden.size(0), weight.size(1)});
        check_float(where, "weight", weight, weight.sizes());
        if (bias.defined()) check_float(where, "bias", bias, {weight.size(0)});
        TORCH_CHECK(targets.defined() && targets.dim() == 1 && targets.size(0) == hidden.size(0) &&
                        targets.scalar_type() == at::kLong && targets.device().is_cpu(),
                    where, ": targets has to be an int64 CPU tensor with ", hidden.size(0), " elements");
        TORCH_CHECK(label_smoothing >= 0 && label_smoothing <= 1, where, ": label_smoothing is ", label_smoothing,
                    ", expected 0..1");
        ds2s_cross_entropy_counts seen{};
        const auto loss = LinearCrossEntropy::apply(hidden, weight, present_or_placeholder(bias), targets, ignore_index,
                                                    label_smoothing, at::GradMode::is_enabled(),
                                                    reinterpret_cast<int64_t>(&seen));
        if (counts != nullptr) *counts = seen;
        *loss_sum = handle_of(loss);
    });
}
