// Handles, errors, and what a tensor says about itself.
#include "binding.h"

#include <cstring>
#include <string>

namespace {
thread_local std::string last_error;
thread_local bool has_error = false;
}  // namespace

namespace dsq {

void remember(const char* message) noexcept {
    try {
        last_error = message;
    } catch (...) {
        last_error.clear();
    }
    has_error = true;
}

void remember(const std::exception& error) noexcept { remember(error.what()); }

void remember(const c10::Error& error) noexcept { remember(error.what_without_backtrace()); }

at::Scalar scalar(ScalarArg arg) {
    switch (arg.kind) {
        case 0: {
            double value;
            std::memcpy(&value, &arg.bits, sizeof value);
            return at::Scalar(value);
        }
        case 1: return at::Scalar(arg.bits);
        case 2: return at::Scalar(arg.bits != 0);
        default: throw std::invalid_argument("a scalar is required here, got null");
    }
}

Maybe<at::Scalar> maybe_scalar(ScalarArg arg) {
    return arg.kind < 0 ? Maybe<at::Scalar>() : Maybe<at::Scalar>(scalar(arg));
}

ScalarArg from_scalar(const at::Scalar& value) {
    ScalarArg result{1, 0};
    if (value.isFloatingPoint()) {
        const double number = value.toDouble();
        result.kind = 0;
        std::memcpy(&result.bits, &number, sizeof number);
    } else if (value.isBoolean()) {
        result = {2, value.toBool() ? 1 : 0};
    } else {
        result.bits = value.toLong();
    }
    return result;
}

}  // namespace dsq

/// The message of this thread's last failure, or null; valid until the thread's next failure.
DSQ_API const char* dsq_take_error() {
    if (!has_error) return nullptr;
    has_error = false;
    return last_error.c_str();
}

DSQ_API void dsq_dispose(Handle self) { delete self; }

DSQ_API Handle dsq_alias(Handle self) {
    return dsq::tensor([&] { return self->alias(); });
}

DSQ_API int64_t dsq_dim(Handle self) { return self->dim(); }
DSQ_API int64_t dsq_numel(Handle self) { return self->numel(); }
DSQ_API int64_t dsq_element_size(Handle self) { return static_cast<int64_t>(self->element_size()); }
DSQ_API int32_t dsq_dtype(Handle self) { return static_cast<int32_t>(self->scalar_type()); }
DSQ_API int32_t dsq_device_type(Handle self) { return static_cast<int32_t>(self->device().type()); }
DSQ_API int32_t dsq_device_index(Handle self) { return static_cast<int32_t>(self->device().index()); }
DSQ_API Flag dsq_is_contiguous(Handle self) { return self->is_contiguous(); }
DSQ_API Flag dsq_is_same(Handle self, Handle other) { return self->is_same(*other); }
DSQ_API int64_t dsq_storage_offset(Handle self) { return self->storage_offset(); }

DSQ_API int32_t dsq_size(Handle self, int64_t dim, int64_t* size) {
    return dsq::status([&] { *size = self->size(dim); });
}

DSQ_API int32_t dsq_stride(Handle self, int64_t dim, int64_t* stride) {
    return dsq::status([&] { *stride = self->stride(dim); });
}

/// Both arrays hold dsq_dim(self) numbers.
DSQ_API void dsq_sizes(Handle self, int64_t* sizes) {
    std::copy(self->sizes().begin(), self->sizes().end(), sizes);
}

DSQ_API void dsq_strides(Handle self, int64_t* strides) {
    std::copy(self->strides().begin(), self->strides().end(), strides);
}

DSQ_API int32_t dsq_data(Handle self, void** data) {
    return dsq::status([&] { *data = self->data_ptr(); });
}

DSQ_API int32_t dsq_item(Handle self, ScalarArg* value) {
    return dsq::status([&] { *value = dsq::from_scalar(self->item()); });
}
