#include "panel_product.h"

#include <ATen/Parallel.h>

#include <unistd.h>

#include <algorithm>

#include "vector/kernels.h"

namespace ds2s {

namespace {

constexpr int64_t multiplications_per_task = 1 << 20;  // about 20 microseconds

// Rows of a whose blocks of depth fill three quarters of the second cache, where they stay while the panels pass. Whole strips; no
// sum depends on it. Where the system does not say how large the cache is: as for 256 KiB.
int64_t rows_per_sweep()
{
    static const int64_t rows = [] {
        constexpr int64_t least = 2 * whole_strips, most = 8 * whole_strips;
        int64_t cache = 0;
#ifdef _SC_LEVEL2_CACHE_SIZE
        cache = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
        const int64_t row = vector_kernels().depth_block * static_cast<int64_t>(sizeof(float));
        return std::clamp(cache / 4 * 3 / row / whole_strips * whole_strips, least, most);
    }();
    return rows;
}

at::Tensor floats(int64_t count)
{
    return at::empty({count}, at::TensorOptions().dtype(at::kFloat));
}

// All panels, cut among threads; `first_a(row)` is where the left side's rows from `row` on begin.
template <typename FirstA>
void sweep(int64_t rows, int64_t columns, int64_t depth, FirstA first_a, int64_t a_stride, const at::Tensor& panels,
           float* c, int64_t ldc, bool accumulate)
{
    const auto& vectors = vector_kernels();
    const int64_t at_once = rows_per_sweep();
    const int64_t count = (columns + vectors.panel_width - 1) / vectors.panel_width;
    const int64_t grain = multiplications_per_task / (rows * depth * vectors.panel_width + 1) + 1;
    at::parallel_for(0, count, grain, [&](int64_t begin, int64_t end) {
        for (int64_t row = 0; row < rows; row += at_once)
            vectors.multiply_packed({std::min(at_once, rows - row), depth, columns, first_a(row), a_stride,
                                     panels.data_ptr<float>(), c + row * ldc, ldc, begin, end, accumulate});
    });
}

}  // namespace

bool panels_serve(int64_t rows)
{
    constexpr int64_t fewest_rows = 100;  // packing costs about as much as a product of a few rows
    return vector_kernels().panel_width > 0 && rows >= fewest_rows;
}

at::Tensor pack_panels(Op op_b, int64_t depth, int64_t columns, const float* b, int64_t ldb)
{
    const auto& vectors = vector_kernels();
    auto packed = floats(vectors.packed_size(depth, columns));
    vectors.pack_weight({b, depth, columns, op_b == Op::Plain ? ldb : 1, op_b == Op::Plain ? 1 : ldb, packed.data_ptr<float>()});
    return packed;
}

void multiply_panels(int64_t rows, int64_t columns, int64_t depth, const float* a, int64_t lda, const at::Tensor& panels,
                     float* c, int64_t ldc, bool accumulate)
{
    sweep(rows, columns, depth, [&](int64_t row) { return a + row * lda; }, lda, panels, c, ldc, accumulate);
}

void multiply_strips(int64_t rows, int64_t columns, int64_t depth, const float* a, int64_t lda, const at::Tensor& panels,
                     float* c, int64_t ldc, bool accumulate)
{
    const auto& vectors = vector_kernels();
    const int64_t strips = (rows + vectors.tile_rows - 1) / vectors.tile_rows;
    const auto packed = floats(strips * vectors.tile_rows * depth);
    float* first = packed.data_ptr<float>();
    at::parallel_for(0, strips, multiplications_per_task / (depth * vectors.tile_rows + 1) + 1, [&](int64_t begin, int64_t end) {
        const int64_t row = begin * vectors.tile_rows;
        vectors.pack_strips({a + row, std::min(end * vectors.tile_rows, rows) - row, depth, lda, first + row * depth});
    });
    sweep(rows, columns, depth, [&](int64_t row) { return first + row * depth; }, 0, panels, c, ldc,
          accumulate);
}

}  // namespace ds2s
