// Sums and conversions on plain memory, for the exchange of gradients.
#include "distseq2seq_kernels.h"
#include "vector/kernels.h"

extern "C" void ds2s_add(float* dst, const float* a, const float* b, int64_t n)
{
    ds2s::vector_kernels().add(dst, a, b, n);
}

extern "C" void ds2s_scale(float* dst, const float* a, float factor, int64_t n)
{
    ds2s::vector_kernels().scale(dst, a, factor, n);
}

extern "C" void ds2s_bf16_pack(uint16_t* dst, const float* src, int64_t n)
{
    ds2s::vector_kernels().bf16_pack(dst, src, n);
}

extern "C" void ds2s_bf16_unpack(float* dst, const uint16_t* src, int64_t n)
{
    ds2s::vector_kernels().bf16_unpack(dst, src, n);
}

extern "C" void ds2s_bf16_unpack_add(float* dst, const float* a, const uint16_t* b, int64_t n)
{
    ds2s::vector_kernels().bf16_unpack_add(dst, a, b, n);
}
