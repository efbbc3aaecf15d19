#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "testing.h"

using namespace testing;

namespace {

at::Tensor drop(const at::Tensor& x, double probability, uint64_t seed, uint64_t stream, int64_t period = 0)
{
    ds2s_tensor out;
    succeed(ds2s_dropout(handle(x), probability, seed, stream, period, &out));
    return take(out);
}

}  // namespace

TEST_CASE(Dropout_KnownAnswers_MatchPhilox)
{
    // Philox4x32-10 of counter 0 and key 0 is 6627e8d5 e169c58d bc57ac4c 9b00dbd8 (Random123's published vectors); element
    // 16 w is its word w: kept at probabilities up to word / 2^32.
    const double words[] = {0x6627e8d5p0, 0xe169c58dp0, 0xbc57ac4cp0, 0x9b00dbd8p0};
    const auto x = at::ones({64});
    for (int64_t word = 0; word < 4; word++) {
        const double edge = words[word] / 4294967296.0;
        check(drop(x, edge, 0, 0)[16 * word].item<float>() != 0, "word ", word, " is below its known value");
        check(drop(x, edge + 1 / 4294967296.0, 0, 0)[16 * word].item<float>() == 0, "word ", word, " is above it");
    }
}

TEST_CASE(Dropout_LargeTensor_DropsItsShareAndKeepsTheMean)
{
    const auto x = at::ones({1000000});
    const auto out = drop(x, 0.3, 11, 5);
    const double dropped = out.eq(0).to(at::kDouble).mean().item<double>();
    check(std::abs(dropped - 0.3) < 0.0025, "dropped ", dropped);  // 5 standard deviations
    check(out.masked_select(out.ne(0)).eq(1 / 0.7f).all().item<bool>(), "kept elements are not scaled by 1 / 0.7");
    const auto other = drop(x, 0.3, 11, 6), third = drop(x, 0.3, 12, 5);
    const double both = out.eq(0).logical_and(other.eq(0)).to(at::kDouble).mean().item<double>();
    check(std::abs(both - 0.09) < 0.0015, "masks of two streams are not independent: ", both);
    check(!at::equal(out, third), "the seed does not matter");
}

TEST_CASE(Dropout_Gradient_HasTheSameMask)
{
    const auto x = at::randn({7, 33}).requires_grad_(true);
    const auto out = drop(x, 0.4, 1, 2);
    const auto weight = at::randn({7, 33});
    const auto gradient = torch::autograd::grad({out}, {x}, {weight})[0];
    const auto mask = out.detach().ne(0).to(at::kFloat) * (1 / 0.6f);
    check_same_bits("values", out.detach().abs(), (x.detach() * mask).abs());
    check_same_bits("gradient", gradient.abs(), (weight * mask).abs());
}

TEST_CASE(Dropout_Period_RepeatsTheMask)
{
    const auto out = drop(at::ones({5, 3, 37}), 0.5, 3, 4, 3 * 37);
    for (int64_t step = 1; step < 5; step++) check_same_bits("step", out[step], out[0]);
    check_same_bits("first", out[0], drop(at::ones({3, 37}), 0.5, 3, 4));
}

TEST_CASE(Dropout_MisalignedOrStrided_SameBits)
{
    const auto x = at::randn({20, 101});
    const auto expected = drop(x, 0.25, 9, 9);
    for (int64_t shift = 1; shift < 4; shift++) check_same_bits("misaligned", drop(misaligned(x, shift), 0.25, 9, 9), expected);
    check_same_bits("strided", drop(x.t().contiguous().t(), 0.25, 9, 9), expected);
}

TEST_CASE(Dropout_Extremes_KeepAllOrNothing)
{
    const auto x = at::randn({100});
    check_same_bits("probability 0", drop(x, 0, 1, 1), x);
    check(drop(x, 1, 1, 1).abs().sum().item<float>() == 0, "probability 1 keeps something");
    check(drop(at::empty({0, 3}), 0.5, 1, 1).numel() == 0, "empty");
    ds2s_tensor out;
    fail_with(ds2s_dropout(handle(x), 1.5, 1, 1, 0, &out), "probability is 1.5");
    fail_with(ds2s_dropout(handle(x), 0.5, 1, 1, 7, &out), "period is 7");
}
