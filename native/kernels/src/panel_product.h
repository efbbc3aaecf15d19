// Matrix products by the vector kernels' panels, instead of a BLAS.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "matrix.h"

namespace ds2s {

// Whether a product of this size, whose right side is packed for it or for all `rows` together, is for panels: a function of
// shape and processor alone, so that every worker takes the same way.
bool panels_serve(int64_t rows);

// op(b) [depth, columns], as the products read it; `ldb` is b's row stride.
at::Tensor pack_panels(Op op_b, int64_t depth, int64_t columns, const float* b, int64_t ldb);

// c = a * op(b) (+ c if `accumulate`); a is [rows, depth] with row stride `lda`, `panels` from pack_panels.
void multiply_panels(int64_t rows, int64_t columns, int64_t depth, const float* a, int64_t lda, const at::Tensor& panels,
                     float* c, int64_t ldc, bool accumulate);

// c = a^T * op(b) (+ c if `accumulate`); a is [depth, rows] with row stride `lda`.
void multiply_strips(int64_t rows, int64_t columns, int64_t depth, const float* a, int64_t lda, const at::Tensor& panels,
                     float* c, int64_t ldc, bool accumulate);

}  // namespace ds2s
