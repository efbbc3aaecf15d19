#include "matrix.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>

#include "distseq2seq_kernels.h"
#include "guard.h"
#include "vector/kernels.h"

namespace ds2s {

namespace {

// The BLAS's Fortran function with 32-bit integers: matrices stand column by column.
using Sgemm = void (*)(const char* op_a, const char* op_b, const int* m, const int* n, const int* k, const float* alpha,
                       const float* a, const int* lda, const float* b, const int* ldb, const float* beta, float* c,
                       const int* ldc);

std::atomic<Sgemm> sgemm{nullptr};

// Rows of a whose blocks of depth fill three quarters of the second cache, where they stay while the panels pass. Whole tiles; no
// sum depends on it. Where the system does not say how large the cache is: as for 256 KiB.
int64_t rows_per_sweep()
{
    static const int64_t rows = [] {
        constexpr int64_t least = 2 * whole_tiles, most = 8 * whole_tiles;
        int64_t cache = 0;
#ifdef _SC_LEVEL2_CACHE_SIZE
        cache = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
        const int64_t row = vector_kernels().depth_block * static_cast<int64_t>(sizeof(float));
        return std::clamp(cache / 4 * 3 / row / whole_tiles * whole_tiles, least, most);
    }();
    return rows;
}

}  // namespace

void multiply(Op op_a, Op op_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b, int64_t ldb,
              bool accumulate, float* c, int64_t ldc)
{
    if (m == 0 || n == 0) return;
    if (k == 0) {
        for (int64_t row = 0; row < m && !accumulate; row++) std::memset(c + row * ldc, 0, static_cast<size_t>(n) * sizeof(float));
        return;
    }
    constexpr int64_t limit = std::numeric_limits<int>::max();
    require(m <= limit && n <= limit && k <= limit && lda <= limit && ldb <= limit && ldc <= limit, "matrix product of [", m, ", ", k,
            "] and [", k, ", ", n, "]: a side exceeds ", limit);
    const Sgemm product = sgemm.load(std::memory_order_acquire);
    require(product != nullptr, "no matrix product was named; call ds2s_kernels_use_sgemm first");
    // Column by column, every matrix here is its own transpose, and the transpose of a product is that of the transposes in reverse.
    const char first = op_b == Op::Plain ? 'N' : 'T', second = op_a == Op::Plain ? 'N' : 'T';
    const int columns = static_cast<int>(n), rows = static_cast<int>(m), depth = static_cast<int>(k);
    const int first_stride = static_cast<int>(ldb), second_stride = static_cast<int>(lda), c_stride = static_cast<int>(ldc);
    const float one = 1, beta = accumulate ? 1.0f : 0.0f;
    product(&first, &second, &columns, &rows, &depth, &one, b, &first_stride, a, &second_stride, &beta, c, &c_stride);
}

void PlainWeight::multiply(int64_t rows, const float* a, float* c, bool accumulate) const
{
    ds2s::multiply(Op::Plain, weight_.op, rows, weight_.columns, weight_.depth, a, weight_.depth, weight_.data, weight_.stride, accumulate,
                   c, weight_.columns);
}

int64_t panel_floats(const Weight& weight)
{
    const auto& vectors = vector_kernels();
    return vectors.panel_width > 0 ? vectors.packed_size(weight.depth, weight.columns) : 0;
}

void pack_panels(const Weight& weight, float* panels)
{
    const bool plain = weight.op == Op::Plain;
    vector_kernels().pack_weight(
        {weight.data, weight.depth, weight.columns, plain ? weight.stride : 1, plain ? 1 : weight.stride, panels});
}

PackedWeight::PackedWeight(const Weight& weight, int64_t rows_in_all, Scratch& scratch) : weight_(weight)
{
    constexpr int64_t fewest_rows = 100;  // packing costs about as much as a product of a few rows
    const int64_t size = panel_floats(weight);
    if (size == 0 || rows_in_all < fewest_rows) return;
    float* panels = scratch.floats(size);
    pack_panels(weight, panels);
    panels_ = panels;
}

void PackedWeight::multiply(int64_t rows, const float* a, float* c, bool accumulate) const
{
    if (panels_ == nullptr) return PlainWeight(weight_).multiply(rows, a, c, accumulate);
    const auto& vectors = vector_kernels();
    const int64_t at_once = rows_per_sweep(), depth = weight_.depth, columns = weight_.columns;
    for (int64_t row = 0; row < rows; row += at_once)
        vectors.multiply_packed({std::min(at_once, rows - row), depth, columns, a + row * depth, panels_, c + row * columns, accumulate});
}

void column_sums(const float* matrix, int64_t rows, int64_t columns, float* sums)
{
    std::memset(sums, 0, static_cast<size_t>(columns) * sizeof(float));
    vector_kernels().add_rows(matrix, rows, columns, columns, sums);
}

}  // namespace ds2s

extern "C" void ds2s_kernels_use_sgemm(void* function)
{
    ds2s::sgemm.store(reinterpret_cast<ds2s::Sgemm>(function), std::memory_order_release);
}
