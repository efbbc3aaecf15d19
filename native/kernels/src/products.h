// Sums over all rows of a layer, as weight gradients are.
#pragma once

#include <ATen/ATen.h>

#include "matrix.h"
#include "vector/kernels.h"

namespace ds2s {

// left^T * right for the contiguous [rows, m] and [rows, n]: [m, n].
inline at::Tensor transposed_product(const at::Tensor& left, const at::Tensor& right)
{
    auto product = at::empty({left.size(1), right.size(1)}, left.options());
    multiply(Op::Transposed, Op::Plain, left.size(1), right.size(1), left.size(0), left.data_ptr<float>(), left.size(1),
             right.data_ptr<float>(), right.size(1), false, product.data_ptr<float>(), right.size(1));
    return product;
}

// [rows, columns], contiguous, to [columns]: rows in order.
inline at::Tensor column_sums(const at::Tensor& matrix)
{
    auto sums = at::zeros({matrix.size(1)}, matrix.options());
    vector_kernels().add_rows(matrix.data_ptr<float>(), matrix.size(0), matrix.size(1), matrix.size(1),
                              sums.data_ptr<float>());
    return sums;
}

}  // namespace ds2s
