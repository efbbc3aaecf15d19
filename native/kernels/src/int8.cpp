// Linear maps and recurrent layers whose weights are 8-bit integers, for translation: no gradients.
#include <string>

#include "gru_forward.h"
#include "guard.h"
#include "int8_weight.h"
#include "lstm_forward.h"
#include "vector/int8.h"

namespace ds2s {

namespace {

// What both kinds of layers take: [T, B, I] and the weights of `gates` gates.
struct Layer {
    at::Tensor x;
    int64_t length, batch, hidden;
    Int8Weight input, recurrent;
    at::Tensor b_ih, b_hh, h0;
    Steps steps;

    Layer(const char* where, int64_t gates, const ds2s_int8_layer& given, const int64_t* batch_sizes, int reverse)
        : x(of_three(where, tensor_of(given.x))),
          length(x.size(0)),
          batch(x.size(1)),
          hidden(states(where, tensor_of(given.scale_hh), gates)),
          input(where, "w_ih", tensor_of(given.w_ih), tensor_of(given.scale_ih), gates * hidden, x.size(2)),
          recurrent(where, "w_hh", tensor_of(given.w_hh), tensor_of(given.scale_hh), gates * hidden, hidden),
          b_ih(tensor_of(given.b_ih)),
          b_hh(tensor_of(given.b_hh)),
          h0(tensor_of(given.h0)),
          steps(checked_batch_sizes(where, batch_sizes, length, batch), reverse != 0, batch)
    {
        check_float(where, "b_ih", b_ih, {gates * hidden});
        check_float(where, "b_hh", b_hh, {gates * hidden});
        if (h0.defined()) check_float(where, "h0", h0, {batch, hidden});
    }

private:
    static at::Tensor of_three(const char* where, const at::Tensor& x)
    {
        TORCH_CHECK(x.defined() && x.dim() == 3 && x.size(2) > 0, where, ": x has to be a tensor of shape [T, B, I]");
        check_float(where, "x", x, x.sizes());
        return x;
    }

    static int64_t states(const char* where, const at::Tensor& scales, int64_t gates)
    {
        TORCH_CHECK(scales.defined() && scales.dim() == 1 && scales.size(0) > 0 && scales.size(0) % gates == 0, where,
                    ": scale_hh has to be a tensor of shape [", gates, "H]");
        return scales.size(0) / gates;
    }
};

}  // namespace

}  // namespace ds2s

extern "C" const char* ds2s_int8_isa(void)
{
    return ds2s::int8_kernels().name;
}

extern "C" int ds2s_int8_pack(const int8_t* weight, int64_t rows, int64_t columns, ds2s_tensor* packed)
{
    using namespace ds2s;
    return guarded([&] {
        TORCH_CHECK(rows > 0 && columns > 0 && columns <= most_int8_depth, "ds2s_int8_pack: the weight is [", rows, ", ", columns,
                    "], expected at least one row and 1..", most_int8_depth, " columns");
        auto result = at::empty({int8_kernels().packed_bytes(columns, rows)}, at::kByte);
        int8_kernels().pack(weight, columns, rows, result.data_ptr<uint8_t>());
        *packed = handle_of(std::move(result));
    });
}

extern "C" int ds2s_int8_linear(ds2s_tensor x_handle, ds2s_tensor packed, ds2s_tensor scales_handle, ds2s_tensor bias_handle,
                                ds2s_tensor* out)
{
    using namespace ds2s;
    constexpr const char* where = "ds2s_int8_linear";
    return guarded([&] {
        const at::NoGradGuard no_gradients;
        const auto given = tensor_of(x_handle), scales = tensor_of(scales_handle), given_bias = tensor_of(bias_handle);
        TORCH_CHECK(given.defined() && given.dim() == 2 && given.size(1) > 0, where, ": x has to be a tensor of shape [N, K]");
        check_float(where, "x", given, given.sizes());
        TORCH_CHECK(scales.defined() && scales.dim() == 1, where, ": scales has to be a tensor of shape [O]");
        const auto x = given.contiguous();
        const int64_t columns = scales.size(0);
        const Int8Weight weight(where, "scales", tensor_of(packed), scales, columns, x.size(1));
        if (given_bias.defined()) check_float(where, "bias", given_bias, {columns});
        const auto bias = given_bias.defined() ? given_bias.contiguous() : given_bias;
        auto result = at::empty({x.size(0), columns}, x.options().requires_grad(false));
        weight.multiply(x.size(0), x.data_ptr<float>(), result.data_ptr<float>(), false,
                        bias.defined() ? bias.data_ptr<float>() : nullptr);
        *out = handle_of(std::move(result));
    });
}

extern "C" int ds2s_int8_lstm_layer(const ds2s_int8_layer* given, const int64_t* batch_sizes, ds2s_tensor c0_handle, int reverse,
                                    ds2s_tensor* out, ds2s_tensor* h_n, ds2s_tensor* c_n)
{
    using namespace ds2s;
    constexpr const char* where = "ds2s_int8_lstm_layer";
    return guarded([&] {
        const at::NoGradGuard no_gradients;
        const Layer layer(where, 4, *given, batch_sizes, reverse);
        const auto c0 = tensor_of(c0_handle);
        if (c0.defined()) check_float(where, "c0", c0, {layer.batch, layer.hidden});
        auto results = lstm::run_forward(layer.x, layer.input, layer.recurrent, layer.b_ih + layer.b_hh, layer.h0, c0, layer.steps, false);
        *out = handle_of(std::move(results.out));
        *h_n = handle_of(std::move(results.h_n));
        *c_n = handle_of(std::move(results.c_n));
    });
}

extern "C" int ds2s_int8_gru_layer(const ds2s_int8_layer* given, const int64_t* batch_sizes, int reverse, ds2s_tensor* out,
                                   ds2s_tensor* h_n)
{
    using namespace ds2s;
    return guarded([&] {
        const at::NoGradGuard no_gradients;
        const Layer layer("ds2s_int8_gru_layer", 3, *given, batch_sizes, reverse);
        auto results = gru::run_forward(layer.x, layer.input, layer.recurrent, layer.b_ih.contiguous(), layer.b_hh.contiguous(),
                                        layer.h0, layer.steps, false);
        *out = handle_of(std::move(results.out));
        *h_n = handle_of(std::move(results.h_n));
    });
}
