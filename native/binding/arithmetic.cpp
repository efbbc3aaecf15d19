// Element-wise arithmetic and matrix products.
#include "binding.h"

#define UNARY(name) \
    DSQ_API Handle dsq_##name(Handle self) { return dsq::tensor([&] { return self->name(); }); }
#define UNARY_IN_PLACE(name) \
    DSQ_API int32_t dsq_##name(Handle self) { return dsq::status([&] { self->name(); }); }
#define BINARY(name) \
    DSQ_API Handle dsq_##name(Handle self, Handle other) { return dsq::tensor([&] { return self->name(*other); }); } \
    DSQ_API Handle dsq_##name##_scalar(Handle self, ScalarArg other) { \
        return dsq::tensor([&] { return self->name(dsq::scalar(other)); }); \
    }
#define BINARY_IN_PLACE(name) \
    DSQ_API int32_t dsq_##name##_(Handle self, Handle other) { return dsq::status([&] { self->name##_(*other); }); } \
    DSQ_API int32_t dsq_##name##_scalar_(Handle self, ScalarArg other) { \
        return dsq::status([&] { self->name##_(dsq::scalar(other)); }); \
    }

UNARY(abs)
UNARY(ceil)
UNARY(cos)
UNARY(erf)
UNARY(exp)
UNARY(floor)
UNARY(log)
UNARY(neg)
UNARY(reciprocal)
UNARY(relu)
UNARY(round)
UNARY(rsqrt)
UNARY(sigmoid)
UNARY(sign)
UNARY(sin)
UNARY(sqrt)
UNARY(tanh)
UNARY_IN_PLACE(abs_)
UNARY_IN_PLACE(exp_)
UNARY_IN_PLACE(log_)
UNARY_IN_PLACE(neg_)
UNARY_IN_PLACE(relu_)
UNARY_IN_PLACE(rsqrt_)
UNARY_IN_PLACE(sigmoid_)
UNARY_IN_PLACE(sqrt_)
UNARY_IN_PLACE(tanh_)
UNARY_IN_PLACE(zero_)

BINARY(mul)
BINARY(pow)
BINARY(remainder)
BINARY(sub)
BINARY_IN_PLACE(mul)
BINARY_IN_PLACE(pow)
BINARY_IN_PLACE(sub)

DSQ_API Handle dsq_add(Handle self, Handle other, ScalarArg alpha) {
    return dsq::tensor([&] { return self->add(*other, dsq::scalar(alpha)); });
}

DSQ_API Handle dsq_add_scalar(Handle self, ScalarArg other, ScalarArg alpha) {
    return dsq::tensor([&] { return self->add(dsq::scalar(other), dsq::scalar(alpha)); });
}

DSQ_API int32_t dsq_add_(Handle self, Handle other, ScalarArg alpha) {
    return dsq::status([&] { self->add_(*other, dsq::scalar(alpha)); });
}

DSQ_API int32_t dsq_add_scalar_(Handle self, ScalarArg other, ScalarArg alpha) {
    return dsq::status([&] { self->add_(dsq::scalar(other), dsq::scalar(alpha)); });
}

namespace {
/// Rounding: 0 none, 1 towards zero, 2 down.
const char* rounding(int32_t mode) { return mode == 1 ? "trunc" : "floor"; }

template <class Divisor> at::Tensor divided(const at::Tensor& self, const Divisor& other, int32_t mode) {
    return mode == 0 ? self.div(other) : self.div(other, rounding(mode));
}

template <class Divisor> void divide(at::Tensor& self, const Divisor& other, int32_t mode) {
    if (mode == 0) {
        self.div_(other);
    } else {
        self.div_(other, rounding(mode));
    }
}
}  // namespace

DSQ_API Handle dsq_div(Handle self, Handle other, int32_t mode) {
    return dsq::tensor([&] { return divided(*self, *other, mode); });
}

DSQ_API Handle dsq_div_scalar(Handle self, ScalarArg other, int32_t mode) {
    return dsq::tensor([&] { return divided(*self, dsq::scalar(other), mode); });
}

DSQ_API int32_t dsq_div_(Handle self, Handle other, int32_t mode) {
    return dsq::status([&] { divide(*self, *other, mode); });
}

DSQ_API int32_t dsq_div_scalar_(Handle self, ScalarArg other, int32_t mode) {
    return dsq::status([&] { divide(*self, dsq::scalar(other), mode); });
}

DSQ_API Handle dsq_addcmul(Handle self, Handle first, Handle second, ScalarArg value) {
    return dsq::tensor([&] { return self->addcmul(*first, *second, dsq::scalar(value)); });
}

DSQ_API int32_t dsq_addcmul_(Handle self, Handle first, Handle second, ScalarArg value) {
    return dsq::status([&] { self->addcmul_(*first, *second, dsq::scalar(value)); });
}

DSQ_API Handle dsq_addcdiv(Handle self, Handle first, Handle second, ScalarArg value) {
    return dsq::tensor([&] { return self->addcdiv(*first, *second, dsq::scalar(value)); });
}

DSQ_API int32_t dsq_addcdiv_(Handle self, Handle first, Handle second, ScalarArg value) {
    return dsq::status([&] { self->addcdiv_(*first, *second, dsq::scalar(value)); });
}

DSQ_API Handle dsq_lerp(Handle self, Handle end, Handle weight) {
    return dsq::tensor([&] { return self->lerp(*end, *weight); });
}

DSQ_API int32_t dsq_lerp_(Handle self, Handle end, Handle weight) {
    return dsq::status([&] { self->lerp_(*end, *weight); });
}

DSQ_API Handle dsq_maximum(Handle self, Handle other) {
    return dsq::tensor([&] { return at::maximum(*self, *other); });
}

DSQ_API Handle dsq_minimum(Handle self, Handle other) {
    return dsq::tensor([&] { return at::minimum(*self, *other); });
}

DSQ_API Handle dsq_clamp(Handle self, ScalarArg min, ScalarArg max) {
    return dsq::tensor([&] { return self->clamp(dsq::maybe_scalar(min), dsq::maybe_scalar(max)); });
}

DSQ_API int32_t dsq_clamp_(Handle self, ScalarArg min, ScalarArg max) {
    return dsq::status([&] { self->clamp_(dsq::maybe_scalar(min), dsq::maybe_scalar(max)); });
}

DSQ_API Handle dsq_mm(Handle self, Handle other) {
    return dsq::tensor([&] { return self->mm(*other); });
}

DSQ_API Handle dsq_bmm(Handle self, Handle other) {
    return dsq::tensor([&] { return self->bmm(*other); });
}

DSQ_API Handle dsq_mv(Handle self, Handle other) {
    return dsq::tensor([&] { return self->mv(*other); });
}

DSQ_API Handle dsq_dot(Handle self, Handle other) {
    return dsq::tensor([&] { return self->dot(*other); });
}

DSQ_API Handle dsq_matmul(Handle self, Handle other) {
    return dsq::tensor([&] { return self->matmul(*other); });
}

DSQ_API Handle dsq_addmm(Handle self, Handle first, Handle second, float beta, float alpha) {
    return dsq::tensor([&] { return self->addmm(*first, *second, beta, alpha); });
}

DSQ_API int32_t dsq_addmm_(Handle self, Handle first, Handle second, float beta, float alpha) {
    return dsq::status([&] { self->addmm_(*first, *second, beta, alpha); });
}

DSQ_API Handle dsq_baddbmm(Handle self, Handle first, Handle second, float beta, float alpha) {
    return dsq::tensor([&] { return self->baddbmm(*first, *second, beta, alpha); });
}

DSQ_API Handle dsq_softmax(Handle self, int64_t dim, int32_t type) {
    return dsq::tensor([&] { return self->softmax(dim, dsq::maybe_type(type)); });
}

DSQ_API Handle dsq_log_softmax(Handle self, int64_t dim, int32_t type) {
    return dsq::tensor([&] { return self->log_softmax(dim, dsq::maybe_type(type)); });
}
