// One pass over flat buffers: optimizer steps in place, and the norm for clipping.
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "guard.h"
#include "vector/kernels.h"

namespace ds2s {

namespace {

constexpr int64_t elements_per_task = 1 << 16;

// The tensor's memory, after checking that it is contiguous and as long as the others.
float* flat_data(const char* where, const char* name, ds2s_tensor handle, int64_t count)
{
    const auto tensor = tensor_of(handle);
    TORCH_CHECK(tensor.defined(), where, ": ", name, " is missing");
    check_float(where, name, tensor, tensor.sizes());
    TORCH_CHECK(tensor.is_contiguous() && tensor.numel() == count, where, ": ", name, " of shape ", tensor.sizes(),
                tensor.is_contiguous() ? "" : " is not contiguous", "; expected contiguous memory of ", count, " elements");
    return tensor.data_ptr<float>();
}

int64_t length_of(const char* where, ds2s_tensor handle)
{
    const auto tensor = tensor_of(handle);
    TORCH_CHECK(tensor.defined(), where, ": the parameter is missing");
    return tensor.numel();
}

void check_step(const char* where, int64_t step)
{
    TORCH_CHECK(step >= 1, where, ": step is ", step, ", expected 1 or more");
}

}  // namespace

}  // namespace ds2s

extern "C" int ds2s_adam(ds2s_tensor parameter, ds2s_tensor gradient, ds2s_tensor first_moment,
                         ds2s_tensor second_moment, double learning_rate, double beta1, double beta2, double epsilon,
                         double weight_decay, int decoupled, int64_t step, double grad_scale)
{
    using namespace ds2s;
    return guarded([&] {
        constexpr const char* where = "ds2s_adam";
        check_step(where, step);
        const int64_t count = length_of(where, parameter);
        AdamStep all{};
        all.parameter = flat_data(where, "parameter", parameter, count);
        all.gradient = flat_data(where, "gradient", gradient, count);
        all.first = flat_data(where, "first_moment", first_moment, count);
        all.second = flat_data(where, "second_moment", second_moment, count);
        all.grad_scale = static_cast<float>(grad_scale);
        all.added_decay = static_cast<float>(decoupled ? 0 : weight_decay);
        all.kept = static_cast<float>(decoupled ? 1 - learning_rate * weight_decay : 1);
        all.beta1 = static_cast<float>(beta1);
        all.one_minus_beta1 = static_cast<float>(1 - beta1);
        all.beta2 = static_cast<float>(beta2);
        all.one_minus_beta2 = static_cast<float>(1 - beta2);
        const auto exponent = static_cast<double>(step);
        all.root_correction2 = static_cast<float>(std::sqrt(1 - std::pow(beta2, exponent)));
        all.epsilon = static_cast<float>(epsilon);
        all.rate = static_cast<float>(learning_rate / (1 - std::pow(beta1, exponent)));
        at::parallel_for(0, count, elements_per_task, [&](int64_t begin, int64_t end) {
            AdamStep part = all;
            part.parameter += begin;
            part.gradient += begin;
            part.first += begin;
            part.second += begin;
            part.count = end - begin;
            vector_kernels().adam(part);
        });
    });
}

extern "C" int ds2s_sgd(ds2s_tensor parameter, ds2s_tensor gradient, ds2s_tensor momentum_buffer, double learning_rate,
                        double momentum, double dampening, int nesterov, double weight_decay, int64_t step,
                        double grad_scale)
{
    using namespace ds2s;
    return guarded([&] {
        constexpr const char* where = "ds2s_sgd";
        check_step(where, step);
        const int64_t count = length_of(where, parameter);
        SgdStep all{};
        all.parameter = flat_data(where, "parameter", parameter, count);
        all.gradient = flat_data(where, "gradient", gradient, count);
        TORCH_CHECK(momentum == 0 || momentum_buffer != nullptr, where, ": momentum is ", momentum,
                    ", but there is no momentum_buffer");
        TORCH_CHECK(!nesterov || (momentum > 0 && dampening == 0), where,
                    ": nesterov needs a momentum above 0 (it is ", momentum, ") and no dampening (it is ", dampening, ")");
        if (momentum != 0) all.momentum = flat_data(where, "momentum_buffer", momentum_buffer, count);
        all.grad_scale = static_cast<float>(grad_scale);
        all.added_decay = static_cast<float>(weight_decay);
        all.rate = static_cast<float>(learning_rate);
        // At the first step the buffer becomes the gradient, whatever it holds.
        if (step == 1 && all.momentum != nullptr) std::fill_n(all.momentum, count, 0.0f);
        all.decay = static_cast<float>(momentum);
        all.taken = static_cast<float>(step == 1 ? 1 : 1 - dampening);
        all.nesterov = nesterov != 0;
        at::parallel_for(0, count, elements_per_task, [&](int64_t begin, int64_t end) {
            SgdStep part = all;
            part.parameter += begin;
            part.gradient += begin;
            if (part.momentum != nullptr) part.momentum += begin;
            part.count = end - begin;
            vector_kernels().sgd(part);
        });
    });
}

extern "C" int ds2s_squared_norm(ds2s_tensor flat, double* result)
{
    using namespace ds2s;
    return guarded([&] {
        constexpr const char* where = "ds2s_squared_norm";
        constexpr int64_t block = 4096;
        const int64_t count = length_of(where, flat);
        const float* data = flat_data(where, "flat", flat, count);
        const int64_t blocks = (count + block - 1) / block;
        std::vector<double> sums(static_cast<size_t>(blocks) + 1);
        at::parallel_for(0, blocks, elements_per_task / block, [&](int64_t begin, int64_t end) {
            for (int64_t index = begin; index < end; index++)
                sums[static_cast<size_t>(index)] =
                    vector_kernels().squared_sum(data + index * block, std::min(block, count - index * block));
        });
        // Neighbours first; a last one without a neighbour waits for the next round.
        for (int64_t step = 1; step < blocks; step *= 2)
            for (int64_t index = 0; index + step < blocks; index += 2 * step)
                sums[static_cast<size_t>(index)] += sums[static_cast<size_t>(index + step)];
        *result = sums[0];
    });
}
