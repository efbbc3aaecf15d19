// New tensors.
#include "binding.h"

#include <memory>

namespace {

at::TensorOptions options(int32_t type, DeviceArg where) {
    return at::TensorOptions(static_cast<at::ScalarType>(type)).device(dsq::device(where));
}

template <class Body> Handle make(Flag requires_grad, Body&& body) noexcept {
    return dsq::tensor([&] {
        at::Tensor result = body();
        if (requires_grad) result.set_requires_grad(true);
        return result;
    });
}

}  // namespace

DSQ_API Handle dsq_empty(
    const int64_t* sizes, int32_t count, int32_t type, DeviceArg where, Flag requires_grad) {
    return make(requires_grad, [&] { return at::empty(dsq::ints(sizes, count), options(type, where)); });
}

DSQ_API Handle dsq_zeros(
    const int64_t* sizes, int32_t count, int32_t type, DeviceArg where, Flag requires_grad) {
    return make(requires_grad, [&] { return at::zeros(dsq::ints(sizes, count), options(type, where)); });
}

DSQ_API Handle dsq_ones(
    const int64_t* sizes, int32_t count, int32_t type, DeviceArg where, Flag requires_grad) {
    return make(requires_grad, [&] { return at::ones(dsq::ints(sizes, count), options(type, where)); });
}

DSQ_API Handle dsq_full(
    const int64_t* sizes, int32_t count, ScalarArg value, int32_t type, DeviceArg where,
    Flag requires_grad) {
    return make(requires_grad, [&] {
        return at::full(dsq::ints(sizes, count), dsq::scalar(value), options(type, where));
    });
}

DSQ_API Handle dsq_rand(
    const int64_t* sizes, int32_t count, at::Generator* generator, int32_t type, DeviceArg where, Flag requires_grad) {
    return make(requires_grad, [&] {
        const auto opts = options(type, where);
        const auto shape = dsq::ints(sizes, count);
        return generator == nullptr ? at::rand(shape, opts) : at::rand(shape, Maybe<at::Generator>(*generator), opts);
    });
}

DSQ_API Handle dsq_randn(
    const int64_t* sizes, int32_t count, at::Generator* generator, int32_t type, DeviceArg where, Flag requires_grad) {
    return make(requires_grad, [&] {
        const auto opts = options(type, where);
        const auto shape = dsq::ints(sizes, count);
        return generator == nullptr ? at::randn(shape, opts) : at::randn(shape, Maybe<at::Generator>(*generator), opts);
    });
}

DSQ_API Handle dsq_arange(
    ScalarArg start, ScalarArg stop, ScalarArg step, int32_t type, DeviceArg where,
    Flag requires_grad) {
    return make(requires_grad, [&] {
        return at::arange(
            dsq::scalar(start), dsq::scalar(stop), dsq::scalar(step), options(type, where));
    });
}

/// A tensor over memory that managed code pins; release(context) is called once, when the storage dies.
/// On failure nothing is released: the caller keeps its pin.
DSQ_API Handle dsq_from_memory(
    void* data, const int64_t* sizes, int32_t count, int32_t stored_type, void (*release)(void*), void* context,
    int32_t type, DeviceArg where, Flag requires_grad) {
    return dsq::tensor([&] {
        // The storage dies with the last tensor on it, at the latest in a failure below: then it must not release.
        auto armed = std::make_shared<bool>(false);
        at::Tensor held = at::from_blob(
            data, dsq::ints(sizes, count),
            [release, context, armed](void*) {
                if (*armed) release(context);
            },
            at::TensorOptions(static_cast<at::ScalarType>(stored_type)));
        at::Tensor result = held.to(dsq::device(where), static_cast<at::ScalarType>(type));
        if (requires_grad) result.set_requires_grad(true);
        *armed = true;
        return result;
    });
}
