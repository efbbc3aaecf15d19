#include "guard.h"

namespace ds2s {

namespace {
thread_local std::string last_error;
}

void set_last_error(const std::string& text)
{
    last_error = text;
}

void check_float(const char* where, const char* name, const at::Tensor& tensor, at::IntArrayRef shape)
{
    TORCH_CHECK(tensor.defined(), where, ": ", name, " is missing; it has to be a float32 CPU tensor of shape ", shape);
    TORCH_CHECK(tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat && tensor.layout() == at::kStrided,
                where, ": ", name, " is ", tensor.toString(), " on ", tensor.device(),
                "; only dense float32 CPU tensors can be used here");
    TORCH_CHECK(tensor.sizes() == shape, where, ": ", name, " has shape ", tensor.sizes(), ", expected ", shape);
}

}  // namespace ds2s

extern "C" const char* ds2s_kernels_last_error(void)
{
    return ds2s::last_error.c_str();
}
