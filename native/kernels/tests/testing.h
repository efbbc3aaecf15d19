// As much of a test framework as these tests need: named cases, checks that throw, tensor helpers.
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "distseq2seq_kernels.h"

namespace testing {

struct Case {
    std::string name;
    std::function<void()> body;
};

std::vector<Case>& cases();

struct Registration {
    Registration(const char* name, std::function<void()> body) { cases().push_back({name, std::move(body)}); }
};

#define TEST_CASE(name)                                             \
    static void name();                                             \
    static const testing::Registration name##_registered{#name, name}; \
    static void name()

template <typename... Parts>
void check(bool condition, const Parts&... parts)
{
    if (condition) return;
    std::ostringstream text;
    (text << ... << parts);
    throw std::runtime_error(text.str());
}

// A call that has to succeed.
inline void succeed(int status)
{
    check(status == 0, "unexpected error: ", ds2s_kernels_last_error());
}

// A call that has to fail with a message that contains `part`.
inline void fail_with(int status, const std::string& part)
{
    check(status == -1, "expected an error about '", part, "', got none");
    const std::string text = ds2s_kernels_last_error();
    check(text.find(part) != std::string::npos, "expected an error about '", part, "', got: ", text);
}

// Takes over a result handle.
inline at::Tensor take(ds2s_tensor handle)
{
    auto* tensor = static_cast<at::Tensor*>(handle);
    auto result = std::move(*tensor);
    delete tensor;
    return result;
}

// The handle of a tensor that stays alive here; NULL for an undefined one.
inline ds2s_tensor handle(const at::Tensor& tensor)
{
    return tensor.defined() ? const_cast<at::Tensor*>(&tensor) : nullptr;
}

// Fails unless max |actual - expected| <= tolerance * max |expected|.
inline void check_close(const std::string& what, const at::Tensor& actual, const at::Tensor& expected,
                        double tolerance = 1e-5)
{
    check(actual.defined() && expected.defined(), what, ": a tensor is undefined");
    check(actual.sizes() == expected.sizes(), what, ": shape ", actual.sizes(), " instead of ", expected.sizes());
    if (actual.numel() == 0) return;
    const auto reference = expected.to(at::kDouble);
    const double error = (actual.to(at::kDouble) - reference).abs().max().item<double>();
    const double size = reference.abs().max().item<double>();
    check(error <= tolerance * size, what, ": error ", error, " on values up to ", size);
}

inline void check_same_bits(const std::string& what, const at::Tensor& actual, const at::Tensor& expected)
{
    check(actual.sizes() == expected.sizes(), what, ": shape ", actual.sizes(), " instead of ", expected.sizes());
    check(at::equal(actual.contiguous().view(at::kInt), expected.contiguous().view(at::kInt)), what, ": bits differ");
}

// The same numbers at an address that is `shift` floats off 64-byte alignment.
inline at::Tensor misaligned(const at::Tensor& tensor, int64_t shift)
{
    auto memory = at::empty({tensor.numel() + shift}, tensor.options().requires_grad(false));
    auto moved = memory.slice(0, shift, shift + tensor.numel()).view(tensor.sizes());
    moved.copy_(tensor.detach());
    return moved.requires_grad_(tensor.requires_grad());
}

}  // namespace testing
