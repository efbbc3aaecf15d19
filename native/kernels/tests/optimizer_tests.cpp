// Optimizer steps against PyTorch's equations written with tensor operations in double precision.
#include <ATen/Parallel.h>

#include <cmath>

#include "testing.h"

using namespace testing;

namespace {

struct AdamSettings {
    double rate, beta1, beta2, epsilon, decay;
    bool decoupled;
};

void compare_adam(int64_t count, const AdamSettings& s)
{
    const auto parameter = at::randn({count}), first = at::zeros({count}), second = at::zeros({count});
    auto p = parameter.to(at::kDouble), m = first.to(at::kDouble), v = second.to(at::kDouble);
    for (int64_t step = 1; step <= 4; step++) {
        const auto gradient = at::randn({count});
        succeed(ds2s_adam(handle(parameter), handle(gradient), handle(first), handle(second), s.rate, s.beta1, s.beta2,
                          s.epsilon, s.decay, s.decoupled, step, 0.25));
        auto g = gradient.to(at::kDouble) * 0.25;
        if (s.decoupled)
            p = p * (1 - s.rate * s.decay);
        else
            g = g + p * s.decay;
        m = m * s.beta1 + g * (1 - s.beta1);
        v = v * s.beta2 + g * g * (1 - s.beta2);
        const auto exponent = static_cast<double>(step);
        const auto divisor = v.sqrt() / std::sqrt(1 - std::pow(s.beta2, exponent)) + s.epsilon;
        p = p - m / divisor * (s.rate / (1 - std::pow(s.beta1, exponent)));
    }
    check_close("parameter", parameter, p, 1e-6);
    check_close("first moment", first, m, 1e-6);
    check_close("second moment", second, v, 1e-6);
}

void compare_sgd(int64_t count, double momentum, double dampening, bool nesterov, double decay)
{
    const auto parameter = at::randn({count}), buffer = at::full({count}, 9.0f);
    auto p = parameter.to(at::kDouble);
    at::Tensor b;
    for (int64_t step = 1; step <= 4; step++) {
        const auto gradient = at::randn({count});
        succeed(ds2s_sgd(handle(parameter), handle(gradient), momentum == 0 ? nullptr : handle(buffer), 0.1, momentum,
                         dampening, nesterov, decay, step, 2.0));
        auto g = gradient.to(at::kDouble) * 2.0 + p * decay;
        if (momentum != 0) {
            b = step == 1 ? g : b * momentum + g * (1 - dampening);
            g = nesterov ? g + b * momentum : b;
        }
        p = p - g * 0.1;
    }
    check_close("parameter", parameter, p, 1e-6);
}

double squared_norm(const at::Tensor& tensor)
{
    double result;
    succeed(ds2s_squared_norm(handle(tensor), &result));
    return result;
}

}  // namespace

TEST_CASE(Adam_FourSteps_AgreesWithPyTorchsEquations)
{
    for (const int64_t count : {1, 3, 17, 1000, 200000}) {
        compare_adam(count, {1e-2, 0.9, 0.999, 1e-8, 0, false});
        compare_adam(count, {1e-2, 0.8, 0.98, 1e-6, 0.1, false});
        compare_adam(count, {1e-2, 0.9, 0.999, 1e-8, 0.1, true});
    }
    compare_adam(0, {1e-2, 0.9, 0.999, 1e-8, 0, false});
}

TEST_CASE(Sgd_FourSteps_AgreesWithPyTorchsEquations)
{
    for (const int64_t count : {1, 17, 100000}) {
        compare_sgd(count, 0, 0, false, 0);
        compare_sgd(count, 0, 0, false, 0.1);
        compare_sgd(count, 0.9, 0.1, false, 0.1);
        compare_sgd(count, 0.9, 0, true, 0);
    }
}

TEST_CASE(Adam_CutAndMisaligned_SameBits)
{
    const auto parameter = at::randn({1003}), gradient = at::randn({1003});
    const auto run = [&](int64_t shift, int64_t cut) {
        const auto p = misaligned(parameter, shift), g = misaligned(gradient, 2 * shift);
        const auto m = misaligned(at::zeros({1003}), shift), v = misaligned(at::zeros({1003}), 3 * shift);
        for (const auto& [from, to] : {std::pair<int64_t, int64_t>{0, cut}, {cut, 1003}}) {
            const auto part = [from = from, to = to](const at::Tensor& t) { return t.slice(0, from, to); };
            const auto pp = part(p), gg = part(g), mm = part(m), vv = part(v);
            succeed(ds2s_adam(handle(pp), handle(gg), handle(mm), handle(vv), 1e-2, 0.9, 0.999, 1e-8, 0.1, 1, 1, 1));
        }
        return p.clone();
    };
    const auto expected = run(0, 1003);
    for (int64_t shift = 0; shift < 5; shift++)
        for (const int64_t cut : {0, 1, 15, 16, 500, 1003}) check_same_bits("parameter", run(shift, cut), expected);
}

TEST_CASE(SquaredNorm_AnySize_CloseAndSameForAnyThreadCount)
{
    for (const int64_t count : {0, 1, 15, 16, 17, 4095, 4096, 4097, 300001}) {
        const auto values = at::randn({count});
        const double expected = values.to(at::kDouble).pow(2).sum().item<double>();
        const double actual = squared_norm(values);
        check(std::abs(actual - expected) <= 1e-12 * expected, count, " elements: ", actual, " instead of ", expected);
        check(squared_norm(misaligned(values, 3)) == actual, "memory alignment changes the sum");
        const int threads = at::get_num_threads();
        at::set_num_threads(3);
        const double parallel = squared_norm(values);
        at::set_num_threads(threads);
        check(parallel == actual, "the thread count changes the sum");
    }
}

TEST_CASE(Optimizers_WrongArguments_NamedInTheError)
{
    const auto p = at::zeros({4}), shorter = at::zeros({3});
    fail_with(ds2s_adam(handle(p), handle(shorter), handle(p), handle(p), 1, 0.9, 0.999, 1e-8, 0, 0, 1, 1),
              "gradient of shape [3]; expected contiguous memory of 4");
    fail_with(ds2s_adam(handle(p), handle(p), nullptr, handle(p), 1, 0.9, 0.999, 1e-8, 0, 0, 1, 1),
              "first_moment is missing");
    fail_with(ds2s_adam(handle(p), handle(p), handle(p), handle(p), 1, 0.9, 0.999, 1e-8, 0, 0, 0, 1), "step is 0");
    fail_with(ds2s_sgd(handle(p), handle(p), nullptr, 1, 0.9, 0, 0, 0, 1, 1), "no momentum_buffer");
    fail_with(ds2s_sgd(handle(p), handle(p), handle(p), 1, 0.9, 0.1, 1, 0, 1, 1), "nesterov");
    const auto strided = at::zeros({4, 2}).select(1, 0);
    double result;
    fail_with(ds2s_squared_norm(handle(strided), &result), "not contiguous");
}
