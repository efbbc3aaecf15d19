// The kernels of decoding against libtorch.
#include <cmath>
#include <limits>

#include "testing.h"

using namespace testing;

namespace {

struct Packed {
    ds2s_packed_weight handle = nullptr;
    explicit Packed(const at::Tensor& weight) { succeed(ds2s_packed_weight_new(::testing::handle(weight), &handle)); }
    Packed(const Packed&) = delete;
    ~Packed() { ds2s_packed_weight_free(handle); }
};

at::Tensor linear(const Packed& weight, const at::Tensor& bias, const at::Tensor& x)
{
    ds2s_tensor out;
    succeed(ds2s_packed_linear(weight.handle, handle(bias), handle(x), &out));
    return take(out);
}

struct Top {
    at::Tensor values, indices, log_sums;
};

Top top(const at::Tensor& logits, int64_t wanted)
{
    const int64_t rows = logits.size(0);
    Top result{at::empty({rows, wanted}), at::empty({rows, wanted}, at::kLong), at::empty({rows})};
    succeed(ds2s_top_logits(handle(logits), wanted, result.values.data_ptr<float>(), result.indices.data_ptr<int64_t>(),
                            result.log_sums.data_ptr<float>()));
    return result;
}

}  // namespace

TEST_CASE(PackedLinear_ManyShapes_AgreesWithPyTorch)
{
    for (const int64_t rows : {0, 1, 7, 160})
        for (const int64_t depth : {1, 33, 600})
            for (const int64_t columns : {1, 50, 97}) {
                const auto weight = at::randn({columns, depth}), bias = at::randn({columns}), x = at::randn({rows, depth});
                const Packed packed(weight);
                check_close("with bias", linear(packed, bias, x), at::linear(x.to(at::kDouble), weight.to(at::kDouble), bias.to(at::kDouble)));
                check_close("without", linear(packed, {}, x), at::linear(x.to(at::kDouble), weight.to(at::kDouble)));
            }
}

// And the bias stays what it is: one row of it is not the result's memory.
TEST_CASE(PackedLinear_RowsAlone_AgreeWithTogether)
{
    const auto weight = at::randn({203, 70}), bias = at::randn({203}), x = at::randn({41, 70});
    const auto bias_before = bias.clone();
    const Packed packed(weight);
    const auto together = linear(packed, bias, x);
    for (int64_t row = 0; row < x.size(0); row++)
        check_close("row", linear(packed, bias, x.narrow(0, row, 1)), together.narrow(0, row, 1).to(at::kDouble));
    check_same_bits("bias", bias, bias_before);
}

TEST_CASE(PackedLinear_WeightChangedAfterwards_ItsCopyStays)
{
    auto weight = at::randn({20, 10});
    const auto x = at::randn({3, 10});
    const Packed packed(weight);
    const auto before = linear(packed, {}, x);
    weight.zero_();
    check_same_bits("product", linear(packed, {}, x), before);
}

TEST_CASE(LstmCell_ManyShapes_AgreesWithPyTorch)
{
    at::NoGradGuard guard;
    for (const int64_t rows : {1, 5, 130})
        for (const int64_t hidden : {1, 20, 65}) {
            const int64_t inputs = hidden + 3;
            const auto w_ih = at::randn({4 * hidden, inputs}), w_hh = at::randn({4 * hidden, hidden}) * 0.1;
            const auto b_ih = at::randn({4 * hidden}), b_hh = at::randn({4 * hidden});
            const auto x = at::randn({rows, inputs}), h = at::randn({rows, hidden}), c = at::randn({rows, hidden});
            const Packed input(w_ih), recurrent(w_hh);
            ds2s_tensor h_next, c_next;
            succeed(ds2s_lstm_cell(input.handle, recurrent.handle, handle(b_ih), handle(b_hh), handle(x), handle(h), handle(c), &h_next, &c_next));
            const auto d = [](const at::Tensor& t) { return t.to(at::kDouble); };
            const auto expected = at::lstm_cell(d(x), {d(h), d(c)}, d(w_ih), d(w_hh), d(b_ih), d(b_hh));
            check_close("h", take(h_next), std::get<0>(expected));
            check_close("c", take(c_next), std::get<1>(expected));
        }
}

TEST_CASE(TopLogits_ManyShapes_AgreesWithPyTorch)
{
    for (const int64_t classes : {1, 15, 16, 127, 128, 129, 1000, 8003})
        for (const int64_t wanted : {1, 8, 300}) {
            const int64_t count = std::min(wanted, classes);
            const auto logits = at::randn({6, classes}) * 4;
            const auto result = top(logits, count);
            const auto expected = logits.topk(count, 1);
            check_same_bits("values", result.values, std::get<0>(expected).contiguous());
            check(result.indices.equal(std::get<1>(expected)), "other indices for ", classes, " classes");
            check_close("log sum", result.log_sums, logits.to(at::kDouble).logsumexp(1));
        }
}

TEST_CASE(TopLogits_EqualLogits_FirstComesFirst)
{
    const auto result = top(at::zeros({2, 500}), 4);
    check(result.indices.equal(at::arange(4).expand({2, 4})), "ties are not won by the first");
}

TEST_CASE(TopLogits_MinusInfinityAndNan_AreNotChosenOrShow)
{
    const float none = -std::numeric_limits<float>::infinity();
    auto logits = at::full({2, 300}, none);
    logits[0][299] = 1.0f;
    logits[0][7] = 2.0f;
    logits[1][200] = std::numeric_limits<float>::quiet_NaN();
    logits[1][3] = 5.0f;
    const auto result = top(logits, 3);
    check(result.indices[0][0].item<int64_t>() == 7 && result.indices[0][1].item<int64_t>() == 299, "wrong order");
    check(result.values[0][2].item<float>() == none, "there is no third");
    check(std::isnan(result.log_sums[1].item<float>()), "a NaN does not show");
}

TEST_CASE(Decoding_WrongArguments_SaysWhich)
{
    const Packed packed(at::randn({8, 4}));
    ds2s_tensor out;
    fail_with(ds2s_packed_linear(packed.handle, nullptr, handle(at::randn({2, 5})), &out), "x");
    fail_with(ds2s_packed_linear(packed.handle, nullptr, handle(at::randn({2, 4}).requires_grad_(true)), &out), "no gradient");
    float value;
    int64_t index;
    fail_with(ds2s_top_logits(handle(at::randn({1, 4})), 5, &value, &index, &value), "wanted is 5");
    ds2s_packed_weight none;
    fail_with(ds2s_packed_weight_new(handle(at::randn({8})), &none), "weight");
}
