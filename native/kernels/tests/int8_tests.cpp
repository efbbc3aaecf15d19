// Products with 8-bit weights against integer arithmetic written out, bit for bit, whatever the instruction set.
#include <algorithm>
#include <cmath>
#include <limits>

#include "testing.h"

using namespace testing;

namespace {

struct Weight {
    at::Tensor integers, scales, packed;  // int8 [O, K], [O]

    Weight(int64_t rows, int64_t columns)
        : integers(at::randint(-127, 128, {rows, columns}, at::kChar)), scales(at::rand({rows}) * 0.01 + 1e-4)
    {
        ds2s_tensor handle;
        succeed(ds2s_int8_pack(integers.data_ptr<int8_t>(), rows, columns, &handle));
        packed = take(handle);
    }

    at::Tensor floats() const { return integers.to(at::kFloat) * scales.unsqueeze(1); }
};

at::Tensor linear(const at::Tensor& x, const Weight& weight, const at::Tensor& bias)
{
    ds2s_tensor out;
    succeed(ds2s_int8_linear(handle(x), handle(weight.packed), handle(weight.scales), handle(bias), &out));
    return take(out);
}

// One element after the other, in 64-bit integers.
at::Tensor plain(const at::Tensor& x, const Weight& weight, const at::Tensor& bias)
{
    const int64_t rows = x.size(0), depth = x.size(1), columns = weight.scales.size(0);
    auto out = at::empty({rows, columns});
    for (int64_t row = 0; row < rows; row++) {
        const float* from = x.data_ptr<float>() + row * depth;
        float largest = 0;
        for (int64_t k = 0; k < depth; k++) largest = std::max(largest, std::fabs(from[k]));
        const bool used = largest >= 1e-30f;
        const float inverse = used ? 127.0f / largest : 0, scale = used ? largest / 127.0f : 0;
        for (int64_t column = 0; column < columns; column++) {
            int64_t sum = 0;
            for (int64_t k = 0; k < depth; k++)
                sum += static_cast<int64_t>(std::nearbyint(from[k] * inverse)) * weight.integers.data_ptr<int8_t>()[column * depth + k];
            volatile float value = static_cast<float>(sum) * (scale * weight.scales.data_ptr<float>()[column]);
            if (bias.defined()) value = value + bias.data_ptr<float>()[column];
            out.data_ptr<float>()[row * columns + column] = value;
        }
    }
    return out;
}

void compare(int64_t rows, int64_t depth, int64_t columns, bool biased)
{
    const Weight weight(columns, depth);
    const auto x = at::randn({rows, depth}), bias = biased ? at::randn({columns}) : at::Tensor();
    check_same_bits("product", linear(x, weight, bias), plain(x, weight, bias));
}

}  // namespace

TEST_CASE(Int8Linear_AnyShape_SameBitsAsIntegersWrittenOut)
{
    compare(1, 1, 1, false);
    compare(3, 5, 7, true);
    compare(8, 64, 48, false);
    compare(17, 130, 101, true);
    compare(33, 1027, 97, true);
    compare(400, 12, 50, false);  // more rows than one sweep
}

TEST_CASE(Int8Linear_ExtremeRows_ExactSums)
{
    Weight weight(19, 4099);
    weight.integers.fill_(-127);
    ds2s_tensor packed;
    succeed(ds2s_int8_pack(weight.integers.data_ptr<int8_t>(), 19, 4099, &packed));
    weight.packed = take(packed);
    auto x = at::full({5, 4099}, -2.5f);
    x[1].fill_(2.5f);
    x[2].zero_();
    x[3].fill_(1e-31f);  // too small for a scale: nothing
    x[4].fill_(3e38f);
    check_same_bits("product", linear(x, weight, {}), plain(x, weight, {}));
}

TEST_CASE(Int8Linear_RowWithoutNumber_NothingButNaNInThatRow)
{
    const Weight weight(5, 9);
    auto x = at::randn({3, 9});
    const auto before = linear(x, weight, {});
    x[1][4] = std::numeric_limits<float>::quiet_NaN();
    x[2][0] = std::numeric_limits<float>::infinity();
    const auto after = linear(x, weight, {});
    check_same_bits("the other row", after[0], before[0]);
    check(at::isnan(after.slice(0, 1)).all().item<bool>(), "a row with NaN or infinity gave numbers");
}

TEST_CASE(Int8Linear_RowsTogetherOrApart_SameBits)
{
    const Weight weight(70, 90);
    const auto x = at::randn({21, 90});
    const auto all = linear(x, weight, {});
    for (int64_t row = 0; row < 21; row++)
        check_same_bits("row", all.slice(0, row, row + 1).contiguous(), linear(x.slice(0, row, row + 1).contiguous(), weight, {}));
}

namespace {

// Both kinds of layers against the float layer whose weights are what the integers stand for: rounding of the activations is all
// that differs, at most half a 127th of the largest for each.
void compare_layer(int64_t gates, bool reverse)
{
    const int64_t length = 7, batch = 5, inputs = 33, hidden = 29;
    const std::vector<int64_t> active{5, 5, 4, 3, 3, 1, 1};
    const auto x = at::randn({length, batch, inputs}), h0 = at::randn({batch, hidden}) * 0.3, c0 = at::randn({batch, hidden});
    Weight w_ih(gates * hidden, inputs), w_hh(gates * hidden, hidden);
    w_ih.scales *= 0.1;
    w_hh.scales *= 0.1;
    const auto f_ih = w_ih.floats(), f_hh = w_hh.floats(), b_ih = at::randn({gates * hidden}), b_hh = at::randn({gates * hidden});
    const ds2s_int8_layer layer{handle(x), handle(w_ih.packed), handle(w_ih.scales), handle(w_hh.packed), handle(w_hh.scales),
                                handle(b_ih), handle(b_hh), handle(h0)};
    ds2s_tensor out, h_n, c_n, expected_out, expected_h, expected_c;
    if (gates == 4) {
        succeed(ds2s_int8_lstm_layer(&layer, active.data(), handle(c0), reverse, &out, &h_n, &c_n));
        succeed(ds2s_lstm_layer(handle(x), active.data(), handle(f_ih), handle(f_hh), handle(b_ih), handle(b_hh), handle(h0),
                                handle(c0), reverse, &expected_out, &expected_h, &expected_c));
        check_close("c_n", take(c_n), take(expected_c), 0.03);
    } else {
        succeed(ds2s_int8_gru_layer(&layer, active.data(), reverse, &out, &h_n));
        succeed(ds2s_gru_layer(handle(x), active.data(), handle(f_ih), handle(f_hh), handle(b_ih), handle(b_hh), handle(h0),
                               reverse, &expected_out, &expected_h));
    }
    check_close("out", take(out), take(expected_out), 0.03);
    check_close("h_n", take(h_n), take(expected_h), 0.03);
}

}  // namespace

TEST_CASE(Int8Layers_PackedBatch_CloseToTheFloatLayer)
{
    for (const int64_t gates : {3, 4})
        for (const bool reverse : {false, true}) compare_layer(gates, reverse);
}

TEST_CASE(Int8_WrongArguments_NamedInTheError)
{
    const Weight weight(6, 4);
    const auto x = at::zeros({2, 5});
    ds2s_tensor out;
    fail_with(ds2s_int8_linear(handle(x), handle(weight.packed), handle(weight.scales), nullptr, &out), "ds2s_int8_pack");
    fail_with(ds2s_int8_pack(nullptr, 3, 1 << 20, &out), "1..65536");
    const auto three = at::zeros({2, 1, 4}), bias = at::zeros({6});
    const ds2s_int8_layer layer{handle(three), handle(weight.packed), handle(weight.scales), handle(weight.packed),
                                handle(weight.scales), handle(bias), handle(bias), nullptr};
    ds2s_tensor h_n, c_n;
    fail_with(ds2s_int8_lstm_layer(&layer, nullptr, nullptr, 0, &out, &h_n, &c_n), "scale_hh");
}
