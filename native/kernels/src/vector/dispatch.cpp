#include <cstdlib>
#include <string>

#include "distseq2seq_kernels.h"
#include "kernels.h"

namespace ds2s {

namespace baseline {
extern const VectorKernels kernels;
}
#ifdef DS2S_WITH_AVX
namespace avx2 {
extern const VectorKernels kernels;
}
namespace avx512 {
extern const VectorKernels kernels;
}
#endif

namespace {

const VectorKernels& choose()
{
#ifdef DS2S_WITH_AVX
    const char* wish = std::getenv("DS2S_KERNELS_ISA");
    const std::string most = wish == nullptr ? "avx512" : wish;
    const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (most == "avx512" && has_avx512) return avx512::kernels;
    if (most != "baseline" && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2::kernels;
#endif
    return baseline::kernels;
}

}  // namespace

const VectorKernels& vector_kernels()
{
    static const VectorKernels& chosen = choose();
    return chosen;
}

}  // namespace ds2s

extern "C" const char* ds2s_kernels_isa(void)
{
    return ds2s::vector_kernels().name;
}
