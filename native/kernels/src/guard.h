// Turns exceptions into a status and a message of the calling thread, and handles into tensors.
#pragma once

#include <ATen/ATen.h>

#include <exception>
#include <string>

#include "distseq2seq_kernels.h"

namespace ds2s {

void set_last_error(const std::string& text);

// Runs `body`; 0 if it returned, -1 (and the message kept) if it threw.
template <typename Body>
int guarded(Body&& body) noexcept
{
    try {
        body();
        return 0;
    } catch (const c10::Error& error) {
        set_last_error(error.what_without_backtrace());
    } catch (const std::exception& error) {
        set_last_error(error.what());
    } catch (...) {
        set_last_error("an exception of unknown kind");
    }
    return -1;
}

// The tensor behind a handle; an undefined one for NULL.
inline at::Tensor tensor_of(ds2s_tensor handle)
{
    return handle == nullptr ? at::Tensor() : *static_cast<at::Tensor*>(handle);
}

// A new handle, owned by the caller.
inline ds2s_tensor handle_of(at::Tensor tensor)
{
    return new at::Tensor(std::move(tensor));
}

// Autograd functions take no undefined tensors: a missing argument travels as a tensor that no real one can be.
inline at::Tensor present_or_placeholder(const at::Tensor& tensor)
{
    return tensor.defined() ? tensor : at::empty({0, 0, 0, 0});
}

inline at::Tensor without_placeholder(const at::Tensor& tensor)
{
    return tensor.dim() == 4 ? at::Tensor() : tensor;
}

// Checks that `tensor` is a float32 CPU tensor of the given shape; `where` names the function, `name` the argument.
void check_float(const char* where, const char* name, const at::Tensor& tensor, at::IntArrayRef shape);

}  // namespace ds2s
