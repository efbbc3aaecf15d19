// Threads, devices, versions.
#include "binding.h"

#include <ATen/Parallel.h>
#include <torch/cuda.h>

DSQ_API int32_t dsq_get_num_threads() { return at::get_num_threads(); }
DSQ_API int32_t dsq_get_num_interop_threads() { return static_cast<int32_t>(at::get_num_interop_threads()); }

DSQ_API int32_t dsq_set_num_threads(int32_t count) {
    return dsq::status([&] { at::set_num_threads(count); });
}

DSQ_API int32_t dsq_set_num_interop_threads(int32_t count) {
    return dsq::status([&] { at::set_num_interop_threads(count); });
}

DSQ_API Flag dsq_cuda_is_available() {
    Flag result = 0;
    dsq::guarded([&] { result = torch::cuda::is_available(); });
    return result;
}

DSQ_API int32_t dsq_cuda_device_count() {
    int32_t result = 0;
    dsq::guarded([&] { result = static_cast<int32_t>(torch::cuda::device_count()); });
    return result;
}

DSQ_API int32_t dsq_cuda_synchronize(int64_t index) {
    return dsq::status([&] { torch::cuda::synchronize(index); });
}

DSQ_API int32_t dsq_cuda_manual_seed(uint64_t seed, Flag all) {
    return dsq::status([&] {
        if (all) {
            torch::cuda::manual_seed_all(seed);
        } else {
            torch::cuda::manual_seed(seed);
        }
    });
}

/// The version of libtorch this library was compiled against.
DSQ_API const char* dsq_torch_version() { return TORCH_VERSION; }

DSQ_API Flag dsq_get_allow_tf32() { return at::globalContext().allowTF32CuBLAS(); }
DSQ_API void dsq_set_allow_tf32(Flag value) { at::globalContext().setAllowTF32CuBLAS(value != 0); }
