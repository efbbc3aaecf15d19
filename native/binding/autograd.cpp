// Gradients.
#include "binding.h"

DSQ_API Flag dsq_requires_grad(Handle self) { return self->requires_grad(); }

DSQ_API int32_t dsq_set_requires_grad(Handle self, Flag value) {
    return dsq::status([&] { self->set_requires_grad(value != 0); });
}

DSQ_API Flag dsq_is_leaf(Handle self) { return self->is_leaf(); }

DSQ_API Handle dsq_grad(Handle self) {
    return dsq::tensor([&] { return self->grad(); });
}

DSQ_API int32_t dsq_set_grad(Handle self, Handle grad) {
    return dsq::status([&] {
        if (grad == nullptr) {
            self->mutable_grad().reset();
        } else {
            self->mutable_grad() = *grad;
        }
    });
}

/// The gradient of the root itself is one when absent; inputs, when given, are the only leaves that gather gradients.
DSQ_API int32_t dsq_backward(
    Handle self, Handle gradient, Flag retain_graph, Flag create_graph, const Handle* inputs, int32_t input_count) {
    return dsq::status([&] {
        const at::Tensor root = gradient == nullptr ? at::Tensor() : *gradient;
        if (inputs == nullptr) {
            self->backward(root, retain_graph != 0, create_graph != 0);
        } else {
            const auto leaves = dsq::tensors(inputs, input_count);
            self->backward(root, retain_graph != 0, create_graph != 0, at::TensorList(leaves));
        }
    });
}

DSQ_API Handle dsq_detach(Handle self) {
    return dsq::tensor([&] { return self->detach(); });
}

DSQ_API int32_t dsq_detach_(Handle self) {
    return dsq::status([&] { self->detach_(); });
}

DSQ_API Flag dsq_grad_enabled() { return at::GradMode::is_enabled(); }

DSQ_API void dsq_set_grad_enabled(Flag enabled) { at::GradMode::set_enabled(enabled != 0); }
