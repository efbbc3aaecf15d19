// Dropout whose mask is a pure function of its arguments; backward makes it again.
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>

#include "guard.h"
#include "vector/kernels.h"

namespace ds2s {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr const char* where = "ds2s_dropout";

at::Tensor drop(const at::Tensor& given, double probability, int64_t seed, int64_t stream, int64_t period)
{
    constexpr int64_t block = 64, blocks_per_task = 256;
    if (probability == 1) return at::zeros(given.sizes(), given.options().requires_grad(false));
    const auto in = given.contiguous();
    const auto out = at::empty(in.sizes(), in.options().requires_grad(false));
    const int64_t repeated = period == 0 ? std::max<int64_t>(in.numel(), 1) : period;
    const int64_t blocks = (repeated + block - 1) / block;
    Dropout all{};
    all.seed = static_cast<uint64_t>(seed);
    all.stream = static_cast<uint64_t>(stream);
    all.threshold = static_cast<uint32_t>(std::min(std::llround(probability * 4294967296.0), 0xffffffffLL));
    all.factor = static_cast<float>(1 / (1 - probability));
    for (int64_t start = 0; start < in.numel(); start += repeated)
        at::parallel_for(0, blocks, blocks_per_task, [&](int64_t begin, int64_t end) {
            Dropout part = all;
            part.in = in.data_ptr<float>() + start + begin * block;
            part.out = out.data_ptr<float>() + start + begin * block;
            part.count = std::min(end * block, repeated) - begin * block;
            part.first_block = begin;
            vector_kernels().dropout(part);
        });
    return out;
}

// Seed and stream travel as signed numbers of the same bits: the only integers that autograd keeps.
struct DropoutFunction : torch::autograd::Function<DropoutFunction> {
    static Variable forward(AutogradContext* context, Variable x, double probability, int64_t seed, int64_t stream,
                            int64_t period)
    {
        context->saved_data["probability"] = probability;
        context->saved_data["seed"] = seed;
        context->saved_data["stream"] = stream;
        context->saved_data["period"] = period;
        return drop(x, probability, seed, stream, period);
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        TORCH_CHECK(!at::GradMode::is_enabled(), where, ": gradients of gradients are not available; use the plain layer");
        auto& saved = context->saved_data;
        return {drop(gradients[0], saved["probability"].toDouble(), saved["seed"].toInt(), saved["stream"].toInt(),
                     saved["period"].toInt()),
                {}, {}, {}, {}};
    }
};

}  // namespace

}  // namespace ds2s

extern "C" int ds2s_dropout(ds2s_tensor x_handle, double probability, uint64_t seed, uint64_t stream, int64_t period,
                            ds2s_tensor* out)
{
    using namespace ds2s;
    return guarded([&] {
        const auto x = tensor_of(x_handle);
        TORCH_CHECK(x.defined(), where, ": x is missing");
        check_float(where, "x", x, x.sizes());
        TORCH_CHECK(probability >= 0 && probability <= 1, where, ": probability is ", probability, ", expected 0..1");
        TORCH_CHECK(period >= 0 && (period == 0 || x.numel() % period == 0), where, ": period is ", period,
                    ", expected 0 or a divisor of the ", x.numel(), " elements");
        if (probability == 0) {
            *out = handle_of(x);
            return;
        }
        *out = handle_of(DropoutFunction::apply(x, probability, static_cast<int64_t>(seed), static_cast<int64_t>(stream),
                                                period));
    });
}
