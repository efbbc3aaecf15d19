#include "distseq2seq_kernels.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

extern "C" int ds2s_kernels_keep_memory(void)
{
#if defined(__GLIBC__)
    // Blocks below 1 GB come from the heap, whose top is given back only when 2 GB of it are free.
    return mallopt(M_MMAP_THRESHOLD, 1 << 30) == 1 && mallopt(M_TRIM_THRESHOLD, 0x7fffffff) == 1;
#else
    return 0;
#endif
}
