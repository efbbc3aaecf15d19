// What every file of the binding shares: the calling convention between managed code and libtorch.
//
// A tensor crosses the border as a heap at::Tensor* (TorchSharp's convention, so that any other native library on the
// same libtorch can take the handle). A function that returns a tensor returns null for "undefined" or for a failure;
// one that returns nothing returns 0, or 1 for a failure. The message of a failure waits in the thread for
// dsq_take_error. No C++ exception ever crosses the border.
#pragma once

#include <ATen/ATen.h>
#include <torch/version.h>

#include <cstdint>
#include <exception>
#include <utility>

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
#include <optional>
template <class T> using Maybe = std::optional<T>;
#else
template <class T> using Maybe = c10::optional<T>;
#endif

#define DSQ_API extern "C" __attribute__((visibility("default")))

using Handle = at::Tensor*;
using Flag = uint8_t;

/// A number from managed code. Kind: -1 none, 0 floating (bits of a double), 1 integer, 2 boolean.
struct ScalarArg {
    int64_t kind;
    int64_t bits;
};

/// Where a tensor lives; an index of -1 is the current device of that type.
struct DeviceArg {
    int32_t type;
    int32_t index;
};

namespace dsq {

void remember(const std::exception& error) noexcept;
void remember(const c10::Error& error) noexcept;
void remember(const char* message) noexcept;

at::Scalar scalar(ScalarArg arg);
ScalarArg from_scalar(const at::Scalar& value);
Maybe<at::Scalar> maybe_scalar(ScalarArg arg);

/// An absent tensor is a null handle.
inline Maybe<at::Tensor> maybe(Handle handle) {
    return handle == nullptr ? Maybe<at::Tensor>() : Maybe<at::Tensor>(*handle);
}

/// An absent element type is -1; the numbers are c10::ScalarType's.
inline Maybe<at::ScalarType> maybe_type(int32_t type) {
    return type < 0 ? Maybe<at::ScalarType>() : Maybe<at::ScalarType>(static_cast<at::ScalarType>(type));
}

inline at::Device device(DeviceArg arg) {
    return at::Device(static_cast<at::DeviceType>(arg.type), static_cast<at::DeviceIndex>(arg.index));
}

inline at::IntArrayRef ints(const int64_t* values, int32_t count) {
    return at::IntArrayRef(values, static_cast<size_t>(count));
}

inline std::vector<at::Tensor> tensors(const Handle* handles, int32_t count) {
    std::vector<at::Tensor> result;
    result.reserve(static_cast<size_t>(count));
    for (int32_t i = 0; i < count; i++) result.push_back(*handles[i]);
    return result;
}

inline Handle give(at::Tensor value) {
    return value.defined() ? new at::Tensor(std::move(value)) : nullptr;
}

/// Runs a body and turns what it throws into a remembered message; true when it threw nothing.
template <class Body> bool guarded(Body&& body) noexcept {
    try {
        body();
        return true;
    } catch (const c10::Error& error) {
        remember(error);
    } catch (const std::exception& error) {
        remember(error);
    } catch (...) {
        remember("unknown native failure");
    }
    return false;
}

template <class Body> Handle tensor(Body&& body) noexcept {
    Handle result = nullptr;
    guarded([&] { result = give(body()); });
    return result;
}

template <class Body> int32_t status(Body&& body) noexcept {
    return guarded(std::forward<Body>(body)) ? 0 : 1;
}

/// For operations with two results.
template <class Body> int32_t pair(Handle* first, Handle* second, Body&& body) noexcept {
    *first = *second = nullptr;
    return status([&] {
        auto results = body();
        *first = give(std::get<0>(results));
        *second = give(std::get<1>(results));
    });
}

/// For operations with many results, through an array that the caller sized.
template <class Body> int32_t list(Handle* results, int32_t capacity, int32_t* count, Body&& body) noexcept {
    *count = 0;
    return status([&] {
        std::vector<at::Tensor> values = body();
        TORCH_CHECK(values.size() <= static_cast<size_t>(capacity), "room for ", capacity, " tensors, got ",
            values.size());
        for (at::Tensor& value : values) results[(*count)++] = new at::Tensor(std::move(value));
    });
}

}  // namespace dsq
