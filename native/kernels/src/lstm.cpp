// One direction of one LSTM layer. All inputs are multiplied at once; each time step is one product written in place and one
// pass over the gates, which also leaves the factors that make backward's pass multiplications only; weight gradients are one
// product each after the loop. Active rows are packed: padding costs nothing.
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstring>
#include <utility>
#include <vector>

#include "guard.h"
#include "lstm_forward.h"
#include "matrix.h"
#include "packed_steps.h"
#include "packed_weight.h"
#include "products.h"
#include "vector/kernels.h"

namespace ds2s {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;
using lstm::elements_per_task;
using lstm::Kept;

constexpr const char* where = "ds2s_lstm_layer";

// Gradients of the packed pre-activations; d_state and d_cell come in as those of h_n and c_n and leave as those of h0 and c0.
at::Tensor run_backward(const at::Tensor& d_out, const at::Tensor& w_hh, const Kept& kept, const Steps& steps,
                        bool want_initial, at::Tensor& d_state, at::Tensor& d_cell)
{
    const int64_t hidden = w_hh.size(1);
    auto d_gates = at::empty_like(kept.factors);
    const auto& vectors = vector_kernels();
    const PackedWeight recurrent(w_hh, Op::Plain, steps.packed_rows());
    for (int64_t turn = steps.length() - 1; turn >= 0; turn--) {
        const size_t step = steps.in_order(turn);
        const int64_t active = steps.active[step], first = steps.offset[step];
        const float* step_d_out =
            d_out.defined() ? d_out.data_ptr<float>() + static_cast<int64_t>(step) * steps.batch * hidden : nullptr;
        at::parallel_for(0, active, elements_per_task / hidden + 1, [&](int64_t begin, int64_t end) {
            const int64_t at = begin * hidden, packed_at = (first + begin) * hidden;
            vectors.lstm_step_gradient({end - begin, hidden, kept.factors.data_ptr<float>() + packed_at * 4,
                                        kept.forget.data_ptr<float>() + packed_at,
                                        kept.cell_factor.data_ptr<float>() + packed_at,
                                        step_d_out == nullptr ? nullptr : step_d_out + at, d_state.data_ptr<float>() + at,
                                        d_cell.data_ptr<float>() + at, d_gates.data_ptr<float>() + packed_at * 4});
        });
        if (turn > 0 || want_initial)
            recurrent.multiply(active, d_gates.data_ptr<float>() + first * 4 * hidden, d_state.data_ptr<float>(), false);
    }
    return d_gates;
}

// Which of the seven tensors needs a gradient; in the order of `apply`'s arguments.
enum Argument { X, WIh, WHh, BIh, BHh, H0, C0, Arguments };

struct LstmLayer : torch::autograd::Function<LstmLayer> {
    static variable_list forward(AutogradContext* context, Variable x, Variable w_ih, Variable w_hh,
                                 Variable given_b_ih, Variable given_b_hh, Variable given_h0, Variable given_c0,
                                 std::vector<int64_t> active, bool reverse, bool differentiable)
    {
        const auto b_ih = without_placeholder(given_b_ih), b_hh = without_placeholder(given_b_hh);
        const auto h0 = without_placeholder(given_h0), c0 = without_placeholder(given_c0);
        std::vector<int64_t> wanted;
        for (const auto* argument : std::initializer_list<const at::Tensor*>{&x, &w_ih, &w_hh, &b_ih, &b_hh, &h0, &c0})
            wanted.push_back(argument->defined() && argument->requires_grad());
        const Steps steps(active, reverse, x.size(1));
        const auto input_weight = w_ih.contiguous(), state_weight = w_hh.contiguous();
        const auto start = h0.defined() ? h0.contiguous() : h0;
        const auto bias =
            b_ih.defined() ? (b_ih + b_hh).contiguous() : at::zeros({4 * w_hh.size(1)}, x.options().requires_grad(false));
        auto results = lstm::run_forward(x, PackedWeight(input_weight, Op::Transposed, steps.packed_rows()),
                                         PackedWeight(state_weight, Op::Transposed, steps.packed_rows()), bias, start, c0, steps,
                                         differentiable);
        if (differentiable) {
            context->save_for_backward({x, w_ih, w_hh, h0, results.out, results.kept.factors, results.kept.forget,
                                        results.kept.cell_factor});
            context->saved_data["active"] = std::move(active);
            context->saved_data["reverse"] = reverse;
            context->saved_data["wanted"] = std::move(wanted);
            context->set_materialize_grads(false);
        }
        return {results.out, results.h_n, results.c_n};
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        TORCH_CHECK(!at::GradMode::is_enabled(), where, ": gradients of gradients are not available; use the plain layer");
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &out = saved[4];
        const auto w_ih = saved[1].contiguous(), w_hh = saved[2].contiguous();
        const auto h0 = saved[3].defined() ? saved[3].contiguous() : saved[3];
        const Kept kept{saved[5], saved[6], saved[7]};
        const auto wanted = context->saved_data["wanted"].toIntVector();
        const Steps steps(context->saved_data["active"].toIntVector(), context->saved_data["reverse"].toBool(), x.size(1));
        const int64_t hidden = w_hh.size(1), inputs = w_ih.size(1);
        const auto options = x.options().requires_grad(false);

        auto d_state = initial_state(gradients[1], steps, hidden, options);
        auto d_cell = initial_state(gradients[2], steps, hidden, options);
        const auto d_out = gradients[0].defined() ? gradients[0].contiguous() : at::Tensor();
        const auto d_gates = run_backward(d_out, w_hh, kept, steps, wanted[H0] != 0, d_state, d_cell);

        variable_list results(Arguments + 3);
        if (wanted[X]) {
            auto d_inputs = at::empty({steps.packed_rows(), inputs}, options);
            PackedWeight(w_ih, Op::Plain, steps.packed_rows())
                .multiply(steps.packed_rows(), d_gates.data_ptr<float>(), d_inputs.data_ptr<float>(), false);
            results[X] = unpack(d_inputs, steps);
        }
        if (wanted[WIh]) results[WIh] = transposed_product(d_gates, pack(x, steps));
        if (wanted[WHh]) results[WHh] = transposed_product(d_gates, pack_states_before(out, h0, steps));
        if (wanted[BIh] || wanted[BHh]) {
            const auto d_bias = column_sums(d_gates);
            if (wanted[BIh]) results[BIh] = d_bias;
            if (wanted[BHh]) results[BHh] = wanted[BIh] ? d_bias.clone() : d_bias;
        }
        if (wanted[H0]) results[H0] = d_state;
        if (wanted[C0]) results[C0] = d_cell;
        return results;
    }
};

}  // namespace

}  // namespace ds2s

extern "C" int ds2s_lstm_layer(ds2s_tensor x_handle, const int64_t* batch_sizes, ds2s_tensor w_ih_handle,
                               ds2s_tensor w_hh_handle, ds2s_tensor b_ih_handle, ds2s_tensor b_hh_handle,
                               ds2s_tensor h0_handle, ds2s_tensor c0_handle, int reverse, ds2s_tensor* out,
                               ds2s_tensor* h_n, ds2s_tensor* c_n)
{
    using namespace ds2s;
    return guarded([&] {
        const auto x = tensor_of(x_handle), w_ih = tensor_of(w_ih_handle), w_hh = tensor_of(w_hh_handle);
        const auto b_ih = tensor_of(b_ih_handle), b_hh = tensor_of(b_hh_handle);
        const auto h0 = tensor_of(h0_handle), c0 = tensor_of(c0_handle);
        TORCH_CHECK(x.defined() && x.dim() == 3, where, ": x has to be a tensor of shape [T, B, I]");
        TORCH_CHECK(w_hh.defined() && w_hh.dim() == 2, where, ": w_hh has to be a tensor of shape [4H, H]");
        const int64_t length = x.size(0), batch = x.size(1), inputs = x.size(2), hidden = w_hh.size(1);
        TORCH_CHECK(inputs > 0 && hidden > 0, where, ": x of shape ", x.sizes(), " and w_hh of shape ", w_hh.sizes(),
                    " need at least one column each");
        check_float(where, "x", x, x.sizes());
        check_float(where, "w_ih", w_ih, {4 * hidden, inputs});
        check_float(where, "w_hh", w_hh, {4 * hidden, hidden});
        TORCH_CHECK(b_ih.defined() == b_hh.defined(), where, ": give both biases or neither");
        if (b_ih.defined()) {
            check_float(where, "b_ih", b_ih, {4 * hidden});
            check_float(where, "b_hh", b_hh, {4 * hidden});
        }
        if (h0.defined()) check_float(where, "h0", h0, {batch, hidden});
        if (c0.defined()) check_float(where, "c0", c0, {batch, hidden});

        bool differentiable = false;
        for (const auto* argument : {&x, &w_ih, &w_hh, &b_ih, &b_hh, &h0, &c0})
            differentiable = differentiable || (argument->defined() && argument->requires_grad());
        differentiable = differentiable && at::GradMode::is_enabled();
        const auto results = LstmLayer::apply(x, w_ih, w_hh, present_or_placeholder(b_ih),
                                              present_or_placeholder(b_hh), present_or_placeholder(h0),
                                              present_or_placeholder(c0),
                                              checked_batch_sizes(where, batch_sizes, length, batch), reverse != 0,
                                              differentiable);
        *out = handle_of(results[0]);
        *h_n = handle_of(results[1]);
        *c_n = handle_of(results[2]);
    });
}
