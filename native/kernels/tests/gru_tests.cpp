// The GRU layer against at::gru in double precision, on padded and packed batches, both directions at once.
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>

#include "testing.h"

using namespace testing;

namespace {

using Values = std::vector<at::Tensor>;

at::Tensor leaf(at::IntArrayRef sizes, double scale = 1)
{
    return (at::randn(sizes, at::kFloat) * scale).requires_grad_(true);
}

void compare(int64_t length, int64_t batch, int64_t inputs, int64_t hidden, const std::vector<int64_t>& lengths = {})
{
    const auto x = leaf({length, batch, inputs}), h0 = leaf({2, batch, hidden});
    const double scale = 1 / std::sqrt(static_cast<double>(hidden));
    Values leaves{x, h0};
    for (int direction = 0; direction < 2; direction++) {
        leaves.push_back(leaf({3 * hidden, inputs}, scale));
        leaves.push_back(leaf({3 * hidden, hidden}, scale));
        leaves.push_back(leaf({3 * hidden}, scale));
        leaves.push_back(leaf({3 * hidden}, scale));
    }
    const auto d_out = at::randn({length, batch, 2 * hidden}), d_h = at::randn({2, batch, hidden});
    std::vector<int64_t> sizes;
    for (int64_t step = 0; step < length && !lengths.empty(); step++)
        sizes.push_back(std::count_if(lengths.begin(), lengths.end(), [&](int64_t own) { return own > step; }));

    Values outs, states;
    for (int direction = 0; direction < 2; direction++) {
        const auto first = h0[direction];
        const at::Tensor* w = &leaves[static_cast<size_t>(2 + 4 * direction)];
        ds2s_tensor out, h_n;
        succeed(ds2s_gru_layer(handle(x), lengths.empty() ? nullptr : sizes.data(), handle(w[0]), handle(w[1]), handle(w[2]),
                               handle(w[3]), handle(first), direction, &out, &h_n));
        outs.push_back(take(out));
        states.push_back(take(h_n));
    }
    const auto out = at::cat(outs, 2), h_n = at::stack(states);
    const auto actual = torch::autograd::grad({(out * d_out).sum() + (h_n * d_h).sum()}, leaves);

    Values exact;
    for (const auto& own : leaves) exact.push_back(own.detach().to(at::kDouble).requires_grad_(true));
    const Values parameters(exact.begin() + 2, exact.end());
    at::Tensor expected_out, expected_h;
    if (lengths.empty()) {
        std::tie(expected_out, expected_h) = at::gru(exact[0], exact[1], parameters, true, 1, 0, true, true, false);
    } else {
        const auto [data, packed_sizes] = at::_pack_padded_sequence(exact[0], at::tensor(lengths, at::kLong), false);
        at::Tensor packed;
        std::tie(packed, expected_h) = at::gru(data, packed_sizes, exact[1], parameters, true, 1, 0, true, true);
        expected_out = std::get<0>(at::_pad_packed_sequence(packed, packed_sizes, false, 0.0, length));
    }
    const auto expected = torch::autograd::grad({(expected_out * d_out).sum() + (expected_h * d_h).sum()}, exact);
    check_close("out", out.detach(), expected_out.detach());
    check_close("h_n", h_n.detach(), expected_h.detach());
    for (size_t index = 0; index < leaves.size(); index++)
        check_close("gradient " + std::to_string(index) + " of H=" + std::to_string(hidden), actual[index], expected[index]);
}

}  // namespace

TEST_CASE(Gru_FullBatch_AgreesWithPyTorch)
{
    compare(1, 1, 1, 1);
    compare(5, 1, 3, 1);
    compare(9, 4, 17, 17);
    compare(12, 16, 40, 96);
    compare(7, 19, 530, 37);
}

TEST_CASE(Gru_PackedBatch_AgreesWithPyTorch)
{
    compare(6, 4, 5, 17, {6, 4, 4, 1});
    compare(9, 1, 4, 1, {9});
    compare(30, 9, 21, 140, {30, 30, 29, 20, 20, 13, 5, 2, 1});  // weights packed, in two blocks
}

TEST_CASE(Gru_WrongArguments_NamedInTheError)
{
    const auto x = at::zeros({2, 3, 4}), w_ih = at::zeros({15, 4}), w_hh = at::zeros({15, 5}), bias = at::zeros({15}),
               wrong = at::zeros({20});
    ds2s_tensor out, h_n;
    fail_with(ds2s_gru_layer(handle(x), nullptr, handle(w_ih), handle(w_hh), handle(bias), handle(wrong), nullptr, 0, &out, &h_n),
              "b_hh has shape [20], expected [15]");
}
