#include <cmath>
#include <cstring>
#include <limits>

#include "testing.h"

using namespace testing;

namespace {

uint32_t bits_of(float value)
{
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

}  // namespace

TEST_CASE(Exchange_AddAndScale_EveryElement)
{
    for (const int64_t count : {0, 1, 17, 1001}) {
        const auto a = misaligned(at::randn({count}), 1), b = misaligned(at::randn({count}), 2);
        const auto sum = at::empty({count}), scaled = at::empty({count});
        ds2s_add(sum.data_ptr<float>(), a.data_ptr<float>(), b.data_ptr<float>(), count);
        ds2s_scale(scaled.data_ptr<float>(), a.data_ptr<float>(), 0.3f, count);
        check_same_bits("sum", sum, a + b);
        check_same_bits("scaled", scaled, a * 0.3f);
        ds2s_add(a.data_ptr<float>(), a.data_ptr<float>(), b.data_ptr<float>(), count);
        check_same_bits("sum in place", a, sum);
    }
}

TEST_CASE(Exchange_Bf16_RoundsToNearestEven)
{
    const float infinity = std::numeric_limits<float>::infinity();
    const auto values = at::cat({at::randn({1000}), at::randn({1000}) * 1e30, at::randn({50}) * 1e-40,
                                 at::tensor({0.0f, -0.0f, infinity, -infinity, std::numeric_limits<float>::max(),
                                             1.00390625f, 1.01171875f})});
    const int64_t count = values.numel();
    std::vector<uint16_t> packed(static_cast<size_t>(count));
    ds2s_bf16_pack(packed.data(), values.data_ptr<float>(), count);
    const auto actual = at::empty({count}), expected = values.to(at::kBFloat16).to(at::kFloat);
    ds2s_bf16_unpack(actual.data_ptr<float>(), packed.data(), count);
    check_same_bits("bf16", actual, expected);
    const auto other = at::randn({count}), sum = at::empty({count});
    ds2s_bf16_unpack_add(sum.data_ptr<float>(), other.data_ptr<float>(), packed.data(), count);
    check_same_bits("sum", sum, other + expected);
}

TEST_CASE(Exchange_Bf16OfNan_StaysNan)
{
    for (const uint32_t bits : {0x7fc00000u, 0x7f800001u, 0xff800001u, 0x7fffffffu, 0xffffffffu}) {
        float value;
        std::memcpy(&value, &bits, sizeof value);
        uint16_t packed;
        ds2s_bf16_pack(&packed, &value, 1);
        float back;
        ds2s_bf16_unpack(&back, &packed, 1);
        check(std::isnan(back) && (bits_of(back) >> 31) == (bits >> 31), "NaN ", bits, " became ", bits_of(back));
    }
}

TEST_CASE(Process_KeepMemory_IsAccepted)
{
    check(ds2s_kernels_keep_memory() == 1, "the C library refused the setting");
}
