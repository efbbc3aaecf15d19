// What a decoding step needs: products of few rows with weights that were laid out before, and the highest logits.
#include <ATen/Parallel.h>

#include <vector>

#include "guard.h"
#include "packed_weight.h"
#include "vector/kernels.h"

namespace ds2s {

namespace {

// Enough for PackedWeight to pack.
constexpr int64_t many_rows = 1 << 20;

// A packed weight with the tensor that it refers to.
struct OwnedWeight {
    at::Tensor weight;  // [columns, depth]
    PackedWeight packed;

    explicit OwnedWeight(at::Tensor copy) : weight(std::move(copy)), packed(weight, Op::Transposed, many_rows) {}
    OwnedWeight(const OwnedWeight&) = delete;

    int64_t columns() const { return weight.size(0); }
    int64_t depth() const { return weight.size(1); }
};

const OwnedWeight& weight_of(ds2s_packed_weight handle)
{
    TORCH_CHECK(handle != nullptr, "a packed weight is NULL");
    return *static_cast<const OwnedWeight*>(handle);
}

void check_no_gradient(const char* where, const at::Tensor& tensor)
{
    TORCH_CHECK(!(at::GradMode::is_enabled() && tensor.requires_grad()), where, ": has no gradient; switch gradients off");
}

// [rows, columns], every row a copy of `line`; never its memory, even for one row.
at::Tensor repeated(const at::Tensor& line, int64_t rows)
{
    return line.unsqueeze(0).expand({rows, line.size(0)}).clone(at::MemoryFormat::Contiguous);
}

at::Tensor linear(const OwnedWeight& weight, const at::Tensor& bias, const at::Tensor& x)
{
    const int64_t rows = x.size(0);
    auto out = bias.defined() ? repeated(bias, rows) : at::empty({rows, weight.columns()}, x.options());
    weight.packed.multiply(rows, x.data_ptr<float>(), out.data_ptr<float>(), bias.defined());
    return out;
}

}  // namespace

}  // namespace ds2s

extern "C" int ds2s_packed_weight_new(ds2s_tensor weight_handle, ds2s_packed_weight* packed)
{
    using namespace ds2s;
    return guarded([&] {
        const auto weight = tensor_of(weight_handle);
        TORCH_CHECK(weight.defined() && weight.dim() == 2, "ds2s_packed_weight_new: weight has to be a tensor of shape [columns, depth]");
        check_float("ds2s_packed_weight_new", "weight", weight, weight.sizes());
        *packed = new OwnedWeight(weight.detach().clone(at::MemoryFormat::Contiguous));
    });
}

extern "C" void ds2s_packed_weight_free(ds2s_packed_weight packed)
{
    delete static_cast<ds2s::OwnedWeight*>(packed);
}

extern "C" int ds2s_packed_linear(ds2s_packed_weight packed, ds2s_tensor bias_handle, ds2s_tensor x_handle, ds2s_tensor* out)
{
    using namespace ds2s;
    return guarded([&] {
        constexpr const char* where = "ds2s_packed_linear";
        const auto& weight = weight_of(packed);
        const auto x = tensor_of(x_handle), bias = tensor_of(bias_handle);
        TORCH_CHECK(x.defined() && x.dim() == 2, where, ": x has to be a tensor of shape [rows, depth]");
        check_float(where, "x", x, {x.size(0), weight.depth()});
        if (bias.defined()) check_float(where, "bias", bias, {weight.columns()});
        check_no_gradient(where, x);
        at::NoGradGuard no_gradient;
        *out = handle_of(linear(weight, bias, x.contiguous()));
    });
}

extern "C" int ds2s_lstm_cell(ds2s_packed_weight w_ih, ds2s_packed_weight w_hh, ds2s_tensor b_ih_handle, ds2s_tensor b_hh_handle,
                              ds2s_tensor x_handle, ds2s_tensor h_handle, ds2s_tensor c_handle, ds2s_tensor* h_next,
                              ds2s_tensor* c_next)
{
    using namespace ds2s;
    return guarded([&] {
        constexpr const char* where = "ds2s_lstm_cell";
        const auto &input = weight_of(w_ih), &recurrent = weight_of(w_hh);
        const auto x = tensor_of(x_handle), h = tensor_of(h_handle), c = tensor_of(c_handle);
        const auto b_ih = tensor_of(b_ih_handle), b_hh = tensor_of(b_hh_handle);
        TORCH_CHECK(x.defined() && x.dim() == 2, where, ": x has to be a tensor of shape [B, I]");
        const int64_t rows = x.size(0), hidden = recurrent.depth();
        TORCH_CHECK(recurrent.columns() == 4 * hidden && input.columns() == 4 * hidden, where, ": weights of ", input.columns(), " and ",
                    recurrent.columns(), " rows, expected ", 4 * hidden);
        check_float(where, "x", x, {rows, input.depth()});
        check_float(where, "h", h, {rows, hidden});
        check_float(where, "c", c, {rows, hidden});
        check_float(where, "b_ih", b_ih, {4 * hidden});
        check_float(where, "b_hh", b_hh, {4 * hidden});
        for (const auto* given : {&x, &h, &c}) check_no_gradient(where, *given);

        at::NoGradGuard no_gradient;
        auto gates = linear(input, at::Tensor(), x.contiguous());
        recurrent.packed.multiply(rows, h.contiguous().data_ptr<float>(), gates.data_ptr<float>(), true);
        const auto bias = b_ih + b_hh;
        auto state = at::empty({rows, hidden}, x.options());
        auto cell = c.clone(at::MemoryFormat::Contiguous);
        const auto& vectors = vector_kernels();
        constexpr int64_t elements_per_task = 1 << 14;
        at::parallel_for(0, rows, elements_per_task / hidden + 1, [&](int64_t begin, int64_t end) {
            float* states = state.data_ptr<float>() + begin * hidden;
            vectors.lstm_step({end - begin, hidden, gates.data_ptr<float>() + begin * 4 * hidden, bias.data_ptr<float>(),
                               cell.data_ptr<float>() + begin * hidden, states, states, nullptr, nullptr});
        });
        *h_next = handle_of(std::move(state));
        *c_next = handle_of(std::move(cell));
    });
}

extern "C" int ds2s_top_logits(ds2s_tensor logits_handle, int64_t wanted, float* values, int64_t* indices, float* log_sums)
{
    using namespace ds2s;
    return guarded([&] {
        constexpr const char* where = "ds2s_top_logits";
        const auto logits = tensor_of(logits_handle);
        TORCH_CHECK(logits.defined() && logits.dim() == 2, where, ": logits has to be a tensor of shape [N, V]");
        check_float(where, "logits", logits, logits.sizes());
        TORCH_CHECK(logits.is_contiguous(), where, ": logits has to be contiguous");
        const int64_t rows = logits.size(0), classes = logits.size(1);
        TORCH_CHECK(wanted >= 1 && wanted <= classes, where, ": wanted is ", wanted, ", expected 1..", classes);
        const auto& vectors = vector_kernels();
        at::parallel_for(0, rows, 1, [&](int64_t begin, int64_t end) {
            std::vector<float> maxima(static_cast<size_t>((classes + 127) / 128));
            for (int64_t row = begin; row < end; row++) {
                TopRow work{logits.data_ptr<float>() + row * classes, classes, wanted, maxima.data(), values + row * wanted,
                            indices + row * wanted, 0};
                vectors.top_row(work);
                log_sums[row] = work.log_sum;
            }
        });
    });
}
