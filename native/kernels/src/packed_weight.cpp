#include "packed_weight.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "vector/kernels.h"

namespace ds2s {

PackedWeight::PackedWeight(const at::Tensor& weight, Op op, int64_t rows_in_all)
    : weight_(weight), op_(op), depth_(weight.size(op == Op::Plain ? 0 : 1)), columns_(weight.size(op == Op::Plain ? 1 : 0))
{
    constexpr int64_t fewest_rows = 100;
    const auto& vectors = vector_kernels();
    if (vectors.panel_width == 0 || rows_in_all < fewest_rows) return;
    packed_ = at::empty({vectors.packed_size(depth_, columns_)}, weight.options().requires_grad(false));
    const int64_t stride = weight.size(1);
    vectors.pack_weight({weight.data_ptr<float>(), depth_, columns_, op == Op::Plain ? stride : 1,
                         op == Op::Plain ? 1 : stride, packed_.data_ptr<float>()});
}

void PackedWeight::multiply(int64_t rows, const float* a, float* c, bool accumulate) const
{
    if (!packed_.defined()) {
        ds2s::multiply(Op::Plain, op_, rows, columns_, depth_, a, depth_, weight_.data_ptr<float>(), weight_.size(1),
                       accumulate ? 1.0f : 0.0f, c, columns_);
        return;
    }
    constexpr int64_t products_per_task = 1 << 20;  // multiplications: about 20 microseconds
    constexpr int64_t rows_per_sweep = 96;          // rows of a that stay in the second cache while the panels pass
    const auto& vectors = vector_kernels();
    const int64_t panels = (columns_ + vectors.panel_width - 1) / vectors.panel_width;
    const int64_t grain = products_per_task / (rows * depth_ * vectors.panel_width + 1) + 1;
    at::parallel_for(0, panels, grain, [&](int64_t begin, int64_t end) {
        for (int64_t row = 0; row < rows; row += rows_per_sweep)
            vectors.multiply_packed({std::min(rows_per_sweep, rows - row), depth_, columns_, a + row * depth_, depth_,
                                     packed_.data_ptr<float>(), c + row * columns_, columns_, begin, end, accumulate});
    });
}

}  // namespace ds2s
