// One direction of one GRU layer, in the manner of lstm.cpp. The state's part of the new gate is gated by itself, so that products
// of inputs and states are kept apart, and so are their gradients.
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstring>
#include <utility>
#include <vector>

#include "gru_forward.h"
#include "guard.h"
#include "packed_steps.h"
#include "packed_weight.h"
#include "products.h"
#include "vector/kernels.h"

namespace ds2s {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;
using gru::elements_per_task;

constexpr const char* where = "ds2s_gru_layer";

// Gradients of the packed pre-activations, of the input's and the state's parts; d_state comes in as that of h_n and leaves as
// that of h0.
std::pair<at::Tensor, at::Tensor> run_backward(const at::Tensor& d_out, const at::Tensor& w_hh, const at::Tensor& factors,
                                               const at::Tensor& gates, const Steps& steps, at::Tensor& d_state)
{
    const int64_t hidden = w_hh.size(1);
    auto d_x = at::empty_like(factors), d_h = at::empty_like(factors);
    const PackedWeight recurrent(w_hh, Op::Plain, steps.packed_rows());
    for (int64_t turn = steps.length() - 1; turn >= 0; turn--) {
        const size_t step = steps.in_order(turn);
        const int64_t active = steps.active[step], first = steps.offset[step] * 3 * hidden;
        const float* step_d_out =
            d_out.defined() ? d_out.data_ptr<float>() + static_cast<int64_t>(step) * steps.batch * hidden : nullptr;
        at::parallel_for(0, active, elements_per_task / hidden + 1, [&](int64_t begin, int64_t end) {
            const int64_t at = begin * hidden, packed_at = first + 3 * at;
            vector_kernels().gru_step_gradient({end - begin, hidden, factors.data_ptr<float>() + packed_at,
                                                gates.data_ptr<float>() + packed_at,
                                                step_d_out == nullptr ? nullptr : step_d_out + at,
                                                d_state.data_ptr<float>() + at, d_x.data_ptr<float>() + packed_at,
                                                d_h.data_ptr<float>() + packed_at});
        });
        recurrent.multiply(active, d_h.data_ptr<float>() + first, d_state.data_ptr<float>(), true);
    }
    return {d_x, d_h};
}

struct GruLayer : torch::autograd::Function<GruLayer> {
    static variable_list forward(AutogradContext* context, Variable x, Variable w_ih, Variable w_hh, Variable b_ih,
                                 Variable b_hh, Variable given_h0, std::vector<int64_t> active, bool reverse, bool differentiable)
    {
        const auto h0 = without_placeholder(given_h0);
        const Steps steps(active, reverse, x.size(1));
        const auto start = h0.defined() ? h0.contiguous() : h0;
        const auto input_weight = w_ih.contiguous(), state_weight = w_hh.contiguous();
        auto results = gru::run_forward(x, PackedWeight(input_weight, Op::Transposed, steps.packed_rows()),
                                        PackedWeight(state_weight, Op::Transposed, steps.packed_rows()), b_ih.contiguous(),
                                        b_hh.contiguous(), start, steps, differentiable);
        if (differentiable) {
            context->save_for_backward({x, w_ih, w_hh, h0, results.out, results.from_x, results.from_h});
            context->saved_data["active"] = std::move(active);
            context->saved_data["reverse"] = reverse;
            context->set_materialize_grads(false);
        }
        return {results.out, results.h_n};
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        TORCH_CHECK(!at::GradMode::is_enabled(), where, ": gradients of gradients are not available; use the plain layer");
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &out = saved[4];
        const auto w_ih = saved[1].contiguous(), w_hh = saved[2].contiguous();
        const auto h0 = saved[3].defined() ? saved[3].contiguous() : saved[3];
        const Steps steps(context->saved_data["active"].toIntVector(), context->saved_data["reverse"].toBool(), x.size(1));
        const auto options = x.options().requires_grad(false);
        auto d_state = initial_state(gradients[1], steps, w_hh.size(1), options);
        const auto d_out = gradients[0].defined() ? gradients[0].contiguous() : at::Tensor();
        const auto [d_x, d_h] = run_backward(d_out, w_hh, saved[5], saved[6], steps, d_state);

        auto d_inputs = at::empty({steps.packed_rows(), w_ih.size(1)}, options);
        PackedWeight(w_ih, Op::Plain, steps.packed_rows())
            .multiply(steps.packed_rows(), d_x.data_ptr<float>(), d_inputs.data_ptr<float>(), false);
        return {unpack(d_inputs, steps), transposed_product(d_x, pack(x, steps)),
                transposed_product(d_h, pack_states_before(out, h0, steps)), column_sums(d_x), column_sums(d_h),
                h0.defined() ? d_state : at::Tensor(), {}, {}, {}};
    }
};

}  // namespace

}  // namespace ds2s

extern "C" int ds2s_gru_layer(ds2s_tensor x_handle, const int64_t* batch_sizes, ds2s_tensor w_ih_handle,
                              ds2s_tensor w_hh_handle, ds2s_tensor b_ih_handle, ds2s_tensor b_hh_handle,
                              ds2s_tensor h0_handle, int reverse, ds2s_tensor* out, ds2s_tensor* h_n)
{
    using namespace ds2s;
    return guarded([&] {
        const auto x = tensor_of(x_handle), w_ih = tensor_of(w_ih_handle), w_hh = tensor_of(w_hh_handle);
        const auto b_ih = tensor_of(b_ih_handle), b_hh = tensor_of(b_hh_handle), h0 = tensor_of(h0_handle);
        TORCH_CHECK(x.defined() && x.dim() == 3, where, ": x has to be a tensor of shape [T, B, I]");
        TORCH_CHECK(w_hh.defined() && w_hh.dim() == 2, where, ": w_hh has to be a tensor of shape [3H, H]");
        const int64_t length = x.size(0), batch = x.size(1), inputs = x.size(2), hidden = w_hh.size(1);
        TORCH_CHECK(inputs > 0 && hidden > 0, where, ": x of shape ", x.sizes(), " and w_hh of shape ", w_hh.sizes(),
                    " need at least one column each");
        check_float(where, "x", x, x.sizes());
        check_float(where, "w_ih", w_ih, {3 * hidden, inputs});
        check_float(where, "w_hh", w_hh, {3 * hidden, hidden});
        check_float(where, "b_ih", b_ih, {3 * hidden});
        check_float(where, "b_hh", b_hh, {3 * hidden});
        if (h0.defined()) check_float(where, "h0", h0, {batch, hidden});

        bool differentiable = false;
        for (const auto* argument : {&x, &w_ih, &w_hh, &b_ih, &b_hh, &h0})
            differentiable = differentiable || (argument->defined() && argument->requires_grad());
        differentiable = differentiable && at::GradMode::is_enabled();
        const auto results = GruLayer::apply(x, w_ih, w_hh, b_ih, b_hh, present_or_placeholder(h0),
                                             checked_batch_sizes(where, batch_sizes, length, batch), reverse != 0, differentiable);
        *out = handle_of(results[0]);
        *h_n = handle_of(results[1]);
    });
}
