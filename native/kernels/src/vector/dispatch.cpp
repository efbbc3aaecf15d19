#include <cstdlib>
#include <string>

#include "distseq2seq_kernels.h"
#include "int8.h"
#include "kernels.h"

namespace ds2s {

namespace baseline {
extern const VectorKernels kernels;
extern const Int8Kernels int8;
}
#ifdef DS2S_WITH_AVX
namespace avx2 {
extern const VectorKernels kernels;
extern const Int8Kernels int8;
}
namespace avx512 {
extern const VectorKernels kernels;
extern const Int8Kernels int8;
}
namespace vnni {
extern const Int8Kernels int8;
}
#endif

namespace {

enum class Set { Baseline, Avx2, Avx512, Vnni };

// The best set that this processor has and the environment allows. VNNI multiplies 8-bit integers only: floats take AVX-512.
Set choose()
{
#ifdef DS2S_WITH_AVX
    const char* wish = std::getenv("DS2S_KERNELS_ISA");
    const std::string most = wish == nullptr ? "vnni" : wish;
    const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (most == "vnni" && has_avx512 && __builtin_cpu_supports("avx512vnni")) return Set::Vnni;
    if ((most == "avx512" || most == "vnni") && has_avx512) return Set::Avx512;
    if (most != "baseline" && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Set::Avx2;
#endif
    return Set::Baseline;
}

Set chosen()
{
    static const Set set = choose();
    return set;
}

}  // namespace

const VectorKernels& vector_kernels()
{
    switch (chosen()) {
#ifdef DS2S_WITH_AVX
    case Set::Vnni:
    case Set::Avx512: return avx512::kernels;
    case Set::Avx2: return avx2::kernels;
#endif
    default: return baseline::kernels;
    }
}

const Int8Kernels& int8_kernels()
{
    switch (chosen()) {
#ifdef DS2S_WITH_AVX
    case Set::Vnni: return vnni::int8;
    case Set::Avx512: return avx512::int8;
    case Set::Avx2: return avx2::int8;
#endif
    default: return baseline::int8;
    }
}

}  // namespace ds2s

extern "C" const char* ds2s_kernels_isa(void)
{
    return ds2s::vector_kernels().name;
}
