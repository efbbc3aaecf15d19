#include "int8_weight.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "guard.h"
#include "vector/int8.h"

namespace ds2s {

Int8Weight::Int8Weight(const char* where, const char* name, const at::Tensor& packed, const at::Tensor& scales, int64_t columns,
                       int64_t depth)
    : packed_(packed), scales_(scales), depth_(depth), columns_(columns)
{
    check_float(where, name, scales, {columns});
    const int64_t bytes = int8_kernels().packed_bytes(depth, columns);
    TORCH_CHECK(packed.defined() && packed.scalar_type() == at::kByte && packed.is_contiguous() && packed.numel() == bytes, where,
                ": ", name, " is not what ds2s_int8_pack makes of a weight [", columns, ", ", depth, "], ", bytes, " bytes");
    scales_ = scales.contiguous();
}

void Int8Weight::multiply(int64_t rows, const float* a, float* c, bool accumulate, const float* bias) const
{
    constexpr int64_t products_per_task = 1 << 22;  // multiplications: about 20 microseconds
    constexpr int64_t rows_per_task = 16;
    constexpr int64_t rows_per_sweep = 192;  // quantized rows that stay in the second cache while the panels pass
    if (rows == 0) return;
    const auto& kernels = int8_kernels();
    const int64_t row_bytes = kernels.row_bytes(depth_);
    const auto quantized = at::empty({rows * row_bytes}, at::kByte), sums = at::empty({rows}, at::kInt);
    const auto scales = at::empty({rows}, at::kFloat);
    auto* to = quantized.data_ptr<uint8_t>();
    auto* row_scales = scales.data_ptr<float>();
    auto* row_sums = sums.data_ptr<int32_t>();
    at::parallel_for(0, rows, rows_per_task, [&](int64_t begin, int64_t end) {
        kernels.quantize({end - begin, depth_, a + begin * depth_, to + begin * row_bytes, row_scales + begin, row_sums + begin});
    });
    const int64_t panels = (columns_ + kernels.panel_width - 1) / kernels.panel_width;
    const int64_t grain = products_per_task / (rows * depth_ * kernels.panel_width + 1) + 1;
    at::parallel_for(0, panels, grain, [&](int64_t begin, int64_t end) {
        for (int64_t row = 0; row < rows; row += rows_per_sweep)
            kernels.multiply({std::min(rows_per_sweep, rows - row), depth_, columns_, to + row * row_bytes, row_scales + row,
                              row_sums + row, packed_.data_ptr<uint8_t>(), scales_.data_ptr<float>(), bias, c + row * columns_,
                              begin, end, accumulate});
    });
}

}  // namespace ds2s
