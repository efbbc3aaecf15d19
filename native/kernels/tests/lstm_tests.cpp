// The LSTM layer against at::lstm in double precision, on padded and packed batches, both directions at once.
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "testing.h"

using namespace testing;

namespace {

struct Shape {
    int64_t length, batch, inputs, hidden;
};

// Parameters of both directions, all leaves that want gradients.
struct Problem {
    Shape shape;
    std::vector<int64_t> lengths;  // empty: all full
    at::Tensor x, h0, c0;          // states: [2, B, H]
    std::vector<at::Tensor> parameters;
    at::Tensor d_out, d_h, d_c;    // what the results are weighted with; states may be undefined
};

at::Tensor leaf(at::IntArrayRef sizes, double scale = 1)
{
    return (at::randn(sizes, at::kFloat) * scale).requires_grad_(true);
}

Problem problem(Shape shape, std::vector<int64_t> lengths = {}, bool weigh_states = true)
{
    Problem p{shape, std::move(lengths), leaf({shape.length, shape.batch, shape.inputs}),
              leaf({2, shape.batch, shape.hidden}), leaf({2, shape.batch, shape.hidden}), {}, {}, {}, {}};
    const double scale = 1 / std::sqrt(static_cast<double>(shape.hidden));
    for (int direction = 0; direction < 2; direction++)
        for (const auto& sizes : std::vector<std::vector<int64_t>>{{4 * shape.hidden, shape.inputs},
                                                                  {4 * shape.hidden, shape.hidden},
                                                                  {4 * shape.hidden},
                                                                  {4 * shape.hidden}})
            p.parameters.push_back(leaf(sizes, scale));
    p.d_out = at::randn({shape.length, shape.batch, 2 * shape.hidden}, at::kFloat);
    if (weigh_states) {
        p.d_h = at::randn({2, shape.batch, shape.hidden}, at::kFloat);
        p.d_c = at::randn({2, shape.batch, shape.hidden}, at::kFloat);
    }
    return p;
}

std::vector<int64_t> batch_sizes(const Problem& p)
{
    std::vector<int64_t> sizes;
    for (int64_t step = 0; step < p.shape.length; step++)
        sizes.push_back(p.lengths.empty() ? p.shape.batch
                                          : std::count_if(p.lengths.begin(), p.lengths.end(),
                                                          [&](int64_t length) { return length > step; }));
    return sizes;
}

// Results and gradients, in one order for both implementations: out, h_n, c_n, then x, h0, c0, parameters.
using Values = std::vector<at::Tensor>;

Values with_gradients(const at::Tensor& out, const at::Tensor& h_n, const at::Tensor& c_n, const at::Tensor& objective,
                      const Values& inputs)
{
    Values values{out.detach(), h_n.detach(), c_n.detach()};
    for (const auto& gradient : torch::autograd::grad({objective}, inputs)) values.push_back(gradient);
    return values;
}

at::Tensor objective(const Problem& p, const at::Tensor& out, const at::Tensor& h_n, const at::Tensor& c_n)
{
    auto sum = (out * p.d_out.to(out.scalar_type())).sum();
    if (p.d_h.defined()) sum = sum + (h_n * p.d_h.to(out.scalar_type())).sum();
    if (p.d_c.defined()) sum = sum + (c_n * p.d_c.to(out.scalar_type())).sum();
    return sum;
}

Values fused(const Problem& p)
{
    const auto sizes = batch_sizes(p);
    Values out, h_n, c_n;
    for (int direction = 0; direction < 2; direction++) {
        const auto h0 = p.h0[direction], c0 = p.c0[direction];
        const at::Tensor* w = &p.parameters[static_cast<size_t>(4 * direction)];
        ds2s_tensor results[3];
        succeed(ds2s_lstm_layer(handle(p.x), p.lengths.empty() ? nullptr : sizes.data(), handle(w[0]), handle(w[1]),
                                handle(w[2]), handle(w[3]), handle(h0), handle(c0), direction, &results[0], &results[1],
                                &results[2]));
        out.push_back(take(results[0]));
        h_n.push_back(take(results[1]));
        c_n.push_back(take(results[2]));
    }
    const auto all = at::cat(out, 2), h = at::stack(h_n), c = at::stack(c_n);
    Values inputs{p.x, p.h0, p.c0};
    inputs.insert(inputs.end(), p.parameters.begin(), p.parameters.end());
    return with_gradients(all, h, c, objective(p, all, h, c), inputs);
}

Values reference(const Problem& p)
{
    const auto exact = [](const at::Tensor& t) { return t.detach().to(at::kDouble).requires_grad_(true); };
    Values inputs{exact(p.x), exact(p.h0), exact(p.c0)};
    Values parameters;
    for (const auto& parameter : p.parameters) parameters.push_back(exact(parameter));
    inputs.insert(inputs.end(), parameters.begin(), parameters.end());
    const Values states{inputs[1], inputs[2]};
    at::Tensor out, h_n, c_n;
    if (p.lengths.empty()) {
        std::tie(out, h_n, c_n) = at::lstm(inputs[0], states, parameters, true, 1, 0, true, true, false);
    } else {
        const auto [data, sizes] = at::_pack_padded_sequence(inputs[0], at::tensor(p.lengths, at::kLong), false);
        at::Tensor packed;
        std::tie(packed, h_n, c_n) = at::lstm(data, sizes, states, parameters, true, 1, 0, true, true);
        out = std::get<0>(at::_pad_packed_sequence(packed, sizes, false, 0.0, p.shape.length));
    }
    return with_gradients(out, h_n, c_n, objective(p, out, h_n, c_n), inputs);
}

const char* const names[] = {"out",    "h_n",    "c_n",    "d x",    "d h0",   "d c0",   "d w_ih", "d w_hh",
                             "d b_ih", "d b_hh", "d w_ih'", "d w_hh'", "d b_ih'", "d b_hh'"};

void compare(const Problem& p)
{
    const auto actual = fused(p), expected = reference(p);
    const auto& s = p.shape;
    for (size_t index = 0; index < actual.size(); index++) {
        std::ostringstream what;
        what << "T=" << s.length << " B=" << s.batch << " I=" << s.inputs << " H=" << s.hidden << " " << names[index];
        check_close(what.str(), actual[index], expected[index]);
    }
}

struct Plain {
    at::Tensor out, h_n, c_n;
};

// A call without lengths, states or biases.
Plain run(const at::Tensor& x, const at::Tensor& w_ih, const at::Tensor& w_hh, const int64_t* sizes = nullptr)
{
    ds2s_tensor out, h_n, c_n;
    succeed(ds2s_lstm_layer(handle(x), sizes, handle(w_ih), handle(w_hh), nullptr, nullptr, nullptr, nullptr, 0, &out, &h_n,
                            &c_n));
    return {take(out), take(h_n), take(c_n)};
}

}  // namespace

TEST_CASE(Lstm_FullBatch_AgreesWithPyTorch)
{
    for (const Shape shape : {Shape{1, 1, 1, 1}, {5, 1, 3, 1}, {4, 3, 2, 3}, {1, 7, 5, 17}, {9, 4, 17, 17}, {7, 5, 33, 64},
                              {12, 16, 40, 96}, {24, 2, 8, 130}, {7, 19, 530, 37}})
        compare(problem(shape));
}

TEST_CASE(Lstm_PackedBatch_AgreesWithPyTorch)
{
    compare(problem({6, 4, 5, 17}, {6, 4, 4, 1}));
    compare(problem({3, 3, 1, 3}, {3, 2, 1}));
    compare(problem({9, 1, 4, 1}, {9}));
    compare(problem({11, 8, 20, 48}, {11, 11, 9, 7, 7, 3, 2, 1}));
    compare(problem({30, 9, 21, 140}, {30, 30, 29, 20, 20, 13, 5, 2, 1}));  // weights packed, in two blocks
}

TEST_CASE(Lstm_WithoutStateGradients_AgreesWithPyTorch)
{
    compare(problem({6, 4, 5, 17}, {6, 4, 4, 1}, false));
    compare(problem({6, 4, 5, 16}, {}, false));
}

TEST_CASE(Lstm_OnlyStatesUsed_AgreesWithPyTorch)
{
    auto p = problem({5, 3, 4, 8}, {5, 3, 2});
    const auto sizes = batch_sizes(p);
    ds2s_tensor out, h_n, c_n;
    const auto h0 = p.h0[0], c0 = p.c0[0];
    succeed(ds2s_lstm_layer(handle(p.x), sizes.data(), handle(p.parameters[0]), handle(p.parameters[1]),
                            handle(p.parameters[2]), handle(p.parameters[3]), handle(h0), handle(c0), 0, &out, &h_n, &c_n));
    const auto unused_out = take(out), state = take(h_n), unused_cell = take(c_n);
    const auto actual = torch::autograd::grad({(state * p.d_h[0]).sum()}, {p.x, p.parameters[1]});

    p.d_out.zero_();
    p.d_c.zero_();
    p.d_h[1].zero_();
    const auto expected = reference(p);
    check_close("d x", actual[0], expected[3]);
    check_close("d w_hh", actual[1], expected[7]);
}

TEST_CASE(Lstm_RowNeverActive_KeepsItsStateAndGradient)
{
    const auto x = leaf({2, 3, 4});
    const auto w_ih = leaf({20, 4}), w_hh = leaf({20, 5}), h0 = leaf({3, 5}), c0 = leaf({3, 5});
    for (int reverse = 0; reverse < 2; reverse++) {
        const int64_t sizes[] = {2, 1};
        ds2s_tensor handles[3];
        succeed(ds2s_lstm_layer(handle(x), sizes, handle(w_ih), handle(w_hh), nullptr, nullptr, handle(h0), handle(c0),
                                reverse, &handles[0], &handles[1], &handles[2]));
        const auto out = take(handles[0]), h_n = take(handles[1]), c_n = take(handles[2]);
        check_same_bits("h_n of the empty row", h_n[2].detach(), h0[2].detach());
        check_same_bits("c_n of the empty row", c_n[2].detach(), c0[2].detach());
        check(out[0][2].abs().max().item<float>() == 0 && out[1][1].abs().max().item<float>() == 0, "padding is not 0");
        const auto gradients = torch::autograd::grad({h_n.sum() + 2 * c_n.sum() + out.sum()}, {h0, c0, x});
        check_same_bits("d h0 of the empty row", gradients[0][2], at::ones({5}));
        check_same_bits("d c0 of the empty row", gradients[1][2], at::full({5}, 2.0f));
        check(gradients[2][1][1].abs().max().item<float>() == 0, "padding has a gradient");
    }
}

TEST_CASE(Lstm_EmptyBatchOrNoSteps_GivesEmptyResultsAndZeroGradients)
{
    const auto w_ih = leaf({12, 2}), w_hh = leaf({12, 3});
    for (const auto& x : {leaf({4, 0, 2}), leaf({0, 5, 2})}) {
        const auto result = run(x, w_ih, w_hh);
        check(result.out.sizes() == at::IntArrayRef({x.size(0), x.size(1), 3}), "wrong shape of out");
        check(result.h_n.sizes() == at::IntArrayRef({x.size(1), 3}), "wrong shape of h_n");
        const auto gradients = torch::autograd::grad({result.out.sum() + result.h_n.sum()}, {w_ih, w_hh, x});
        check(gradients[0].abs().sum().item<float>() == 0 && gradients[1].abs().sum().item<float>() == 0,
              "gradients of nothing are not 0");
        check(gradients[2].sizes() == x.sizes(), "wrong shape of d x");
    }
}

TEST_CASE(Lstm_RepeatedAndMisaligned_SameBits)
{
    for (const Shape shape : {Shape{5, 3, 7, 13}, Shape{6, 8, 64, 64}, Shape{3, 43, 19, 101}}) {
        std::vector<int64_t> lengths(static_cast<size_t>(shape.batch), shape.length);
        lengths.back() = 1;
        const auto p = problem(shape, lengths);
        const auto first = fused(p);
        for (int64_t shift = 0; shift < 5; shift++) {
            auto moved = p;
            moved.x = misaligned(p.x, shift);
            moved.h0 = misaligned(p.h0, shift);
            moved.c0 = misaligned(p.c0, shift);
            for (auto& parameter : moved.parameters) parameter = misaligned(parameter, 3 * shift);
            const auto again = fused(moved);
            for (size_t index = 0; index < first.size(); index++) check_same_bits(names[index], again[index], first[index]);
        }
    }
}

TEST_CASE(Lstm_SecondBackwardThroughOneGraph_SameGradients)
{
    const auto x = leaf({4, 3, 2}), w_ih = leaf({12, 2}), w_hh = leaf({12, 3});
    const auto sum = run(x, w_ih, w_hh).out.sum();
    const auto first = torch::autograd::grad({sum}, {x, w_ih, w_hh}, {}, true);
    const auto second = torch::autograd::grad({sum}, {x, w_ih, w_hh});
    for (size_t index = 0; index < first.size(); index++) check_same_bits("gradient", second[index], first[index]);
}

TEST_CASE(Lstm_WithoutGradients_SameValuesAndNoGraph)
{
    const auto x = leaf({4, 3, 2}), w_ih = leaf({12, 2}), w_hh = leaf({12, 3});
    const auto with = run(x, w_ih, w_hh);
    at::NoGradGuard guard;
    const auto without = run(x, w_ih, w_hh);
    check(with.out.requires_grad() && !without.out.requires_grad(), "requires_grad is wrong");
    check_same_bits("out", without.out, with.out.detach());
    check_same_bits("c_n", without.c_n, with.c_n.detach());
}

TEST_CASE(Lstm_ExtremeInputs_StayFiniteAndNanPasses)
{
    const auto w_ih = at::eye(4).repeat({4, 1}), w_hh = at::zeros({16, 4});
    const auto x = at::tensor({1e30f, -1e30f, 200.0f, -200.0f}).view({1, 1, 4});
    const auto result = run(x, w_ih, w_hh);
    check(at::isfinite(result.out).all().item<bool>(), "not finite: ", result.out);
    // i = o = 1, g = 1, c = 1 for large inputs; i = 0 for very negative ones.
    check_close("h", result.h_n.view({4}), at::tensor({0.76159416f, 0.0f, 0.76159416f, 0.0f}), 1e-6);
    const auto poisoned = run(at::full({1, 1, 4}, std::numeric_limits<float>::quiet_NaN()), w_ih, w_hh);
    check(at::isnan(poisoned.out).all().item<bool>(), "NaN was lost");
}

TEST_CASE(Lstm_NonContiguousInputs_SameBits)
{
    const auto x = leaf({4, 3, 6}), w_ih = leaf({20, 6}), w_hh = leaf({20, 5});
    const auto plain = run(x, w_ih, w_hh);
    const auto strided = run(x.transpose(0, 1).contiguous().transpose(0, 1), w_ih.t().contiguous().t(),
                             w_hh.t().contiguous().t());
    check_same_bits("out", strided.out.detach(), plain.out.detach());
}

TEST_CASE(Lstm_WrongArguments_NamedInTheError)
{
    const auto x = leaf({4, 3, 6}), w_ih = leaf({20, 6}), w_hh = leaf({20, 5}), wrong = leaf({20, 7});
    const auto bias = leaf({20});
    ds2s_tensor out, h_n, c_n;
    const auto call = [&](const at::Tensor& first, const int64_t* sizes, const at::Tensor& second, const at::Tensor& b) {
        return ds2s_lstm_layer(handle(first), sizes, handle(second), handle(w_hh), handle(b), nullptr, nullptr, nullptr, 0,
                               &out, &h_n, &c_n);
    };
    fail_with(call(x, nullptr, wrong, {}), "w_ih has shape [20, 7], expected [20, 6]");
    fail_with(call(x.to(at::kDouble), nullptr, w_ih, {}), "float32");
    fail_with(call({}, nullptr, w_ih, {}), "[T, B, I]");
    fail_with(call(x, nullptr, w_ih, bias), "both biases");
    const int64_t rising[] = {2, 3, 1, 1}, large[] = {4, 3, 1, 1};
    fail_with(call(x, rising, w_ih, {}), "batch_sizes[1] is 3, expected 0..2");
    fail_with(call(x, large, w_ih, {}), "batch_sizes[0] is 4, expected 0..3");
}
