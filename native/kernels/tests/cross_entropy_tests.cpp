// The output layer with cross-entropy against at::cross_entropy_loss in double precision.
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <limits>

#include "testing.h"

using namespace testing;

namespace {

constexpr int64_t ignored = -100;

struct Problem {
    at::Tensor hidden, weight, bias, targets;
    double smoothing;
};

at::Tensor leaf(at::IntArrayRef sizes, double scale)
{
    return (at::randn(sizes, at::kFloat) * scale).requires_grad_(true);
}

// Every `every`-th row is ignored; 0: none.
Problem problem(int64_t rows, int64_t width, int64_t classes, int64_t every, bool with_bias, double smoothing)
{
    Problem p{leaf({rows, width}, 1), leaf({classes, width}, 0.5), with_bias ? leaf({classes}, 1) : at::Tensor(),
              at::randint(classes, {rows}, at::kLong), smoothing};
    if (every > 0)
        for (int64_t row = 0; row < rows; row += every) p.targets[row] = ignored;
    return p;
}

struct Result {
    at::Tensor loss;
    ds2s_cross_entropy_counts counts;
};

Result run(const Problem& p)
{
    Result result{};
    ds2s_tensor loss;
    succeed(ds2s_linear_cross_entropy(handle(p.hidden), handle(p.weight), handle(p.bias), handle(p.targets), ignored,
                                      p.smoothing, &loss, &result.counts));
    result.loss = take(loss);
    return result;
}

std::vector<at::Tensor> inputs(const Problem& p)
{
    std::vector<at::Tensor> all{p.hidden, p.weight};
    if (p.bias.defined()) all.push_back(p.bias);
    return all;
}

void compare(const Problem& p, double factor)
{
    const auto actual = run(p);
    const auto gradients = torch::autograd::grad({actual.loss * factor}, inputs(p));

    std::vector<at::Tensor> exact;
    for (const auto& input : inputs(p)) exact.push_back(input.detach().to(at::kDouble).requires_grad_(true));
    const auto logits = at::linear(exact[0], exact[1], exact.size() > 2 ? exact[2] : at::Tensor());
    const auto loss = at::cross_entropy_loss(logits, p.targets, {}, at::Reduction::Sum, ignored, p.smoothing);
    const auto expected = torch::autograd::grad({loss * factor}, exact);

    std::ostringstream shape;
    shape << p.hidden.sizes() << "x" << p.weight.sizes() << " ";
    check_close(shape.str() + "loss", actual.loss.detach(), loss.detach());
    check_close(shape.str() + "double loss", at::scalar_tensor(actual.counts.loss, at::kDouble), loss.detach());
    const auto nll = at::cross_entropy_loss(logits, p.targets, {}, at::Reduction::Sum, ignored, 0.0);
    check_close(shape.str() + "nll", at::scalar_tensor(actual.counts.nll, at::kDouble), nll.detach());
    const auto counted = p.targets.ne(ignored);
    check(actual.counts.counted == counted.sum().item<int64_t>(), shape.str(), "wrong count");
    const auto correct = logits.argmax(1).eq(p.targets).logical_and(counted).sum().item<int64_t>();
    check(actual.counts.correct == correct, shape.str(), actual.counts.correct, " correct, expected ", correct);
    const char* const names[] = {"d hidden", "d weight", "d bias"};
    for (size_t index = 0; index < gradients.size(); index++)
        check_close(shape.str() + names[index], gradients[index], expected[index]);
}

}  // namespace

TEST_CASE(CrossEntropy_ManyShapes_AgreesWithPyTorch)
{
    compare(problem(1, 1, 1, 0, true, 0), 1);
    compare(problem(5, 3, 2, 2, true, 0), 1);
    compare(problem(37, 17, 101, 5, true, 0), 1);
    compare(problem(37, 17, 64, 5, false, 0), 1);
    compare(problem(1100, 6, 33, 7, true, 0), 1);     // more than one slice
    compare(problem(700, 50, 150, 7, true, 0), 1);    // products by panels, their depth in two blocks
    compare(problem(90, 8, 70001, 9, true, 0.1), 1);  // slices of few rows
}

TEST_CASE(CrossEntropy_LabelSmoothing_AgreesWithPyTorch)
{
    compare(problem(37, 17, 101, 5, true, 0.1), 1);
    compare(problem(20, 9, 31, 0, false, 1), 1);
}

TEST_CASE(CrossEntropy_ScaledObjective_ScalesGradients)
{
    compare(problem(37, 17, 101, 5, true, 0.1), 0.37);
}

TEST_CASE(CrossEntropy_NothingCounted_ZeroLossAndGradients)
{
    for (const int64_t rows : {0, 4}) {
        const auto p = problem(rows, 3, 5, 1, true, 0.1);
        const auto result = run(p);
        check(result.loss.item<float>() == 0 && result.counts.counted == 0 && result.counts.correct == 0, "not 0");
        for (const auto& gradient : torch::autograd::grad({result.loss}, inputs(p)))
            check(gradient.abs().sum().item<float>() == 0, "a gradient of nothing is not 0");
    }
}

TEST_CASE(CrossEntropy_SomeInputsFrozen_OthersKeepTheirGradients)
{
    auto p = problem(20, 9, 31, 3, true, 0);
    const auto all = torch::autograd::grad({run(p).loss}, inputs(p));
    p.weight = p.weight.detach();
    const auto some = torch::autograd::grad({run(p).loss}, {p.hidden, p.bias});
    check_same_bits("d hidden", some[0], all[0]);
    check_same_bits("d bias", some[1], all[2]);
    const auto value = run(p).loss.detach();
    at::NoGradGuard guard;
    const auto result = run(p);
    check(!result.loss.requires_grad(), "a graph without gradients");
    check_same_bits("loss", result.loss, value);
}

TEST_CASE(CrossEntropy_EqualLogits_FirstIsThePrediction)
{
    Problem p{at::zeros({3, 2}), at::zeros({5, 2}), {}, at::tensor({0, 1, 4}, at::kLong), 0};
    check(run(p).counts.correct == 1, "ties are not won by the first class alone");
}

TEST_CASE(CrossEntropy_ExtremeLogits_FiniteAndNanPasses)
{
    Problem p{at::tensor({1e4f, -1e4f}).view({2, 1}), at::tensor({1.0f, -1.0f, 0.5f}).view({3, 1}), {},
              at::tensor({1, 1}, at::kLong), 0};
    const auto result = run(p);
    check_close("loss", at::scalar_tensor(result.counts.loss, at::kDouble), at::scalar_tensor(2e4, at::kDouble));
    p.hidden = at::full({2, 1}, std::numeric_limits<float>::quiet_NaN());
    check(std::isnan(run(p).counts.loss), "NaN was lost");
}

TEST_CASE(CrossEntropy_RepeatedAndMisaligned_SameBits)
{
    const auto p = problem(70, 19, 133, 6, true, 0.1);
    const auto first = run(p);
    const auto expected = torch::autograd::grad({first.loss}, inputs(p));
    for (int64_t shift = 0; shift < 5; shift++) {
        const Problem moved{misaligned(p.hidden, shift), misaligned(p.weight, 3 * shift), misaligned(p.bias, shift),
                            p.targets, p.smoothing};
        const auto again = run(moved);
        check(again.counts.loss == first.counts.loss, "loss differs");
        const auto gradients = torch::autograd::grad({again.loss}, inputs(moved));
        for (size_t index = 0; index < gradients.size(); index++)
            check_same_bits("gradient", gradients[index], expected[index]);
    }
}

TEST_CASE(CrossEntropy_WrongArguments_NamedInTheError)
{
    auto p = problem(4, 3, 5, 0, true, 0);
    ds2s_tensor loss;
    const auto call = [&](double smoothing) {
        return ds2s_linear_cross_entropy(handle(p.hidden), handle(p.weight), handle(p.bias), handle(p.targets), ignored,
                                         smoothing, &loss, nullptr);
    };
    fail_with(call(1.5), "label_smoothing is 1.5");
    p.targets[2] = 5;
    fail_with(call(0), "targets[2] is 5, expected 0..4");
    p.targets = at::zeros({3}, at::kLong);
    fail_with(call(0), "with 4 elements");
    p.hidden = leaf({4, 2}, 1);
    fail_with(call(0), "hidden has shape [4, 2], expected [4, 3]");
}
