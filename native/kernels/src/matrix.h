// The one matrix product that all kernels use.
#pragma once

#include <cstdint>

namespace ds2s {

enum class Op { Plain, Transposed };

// c = op(a) * op(b) + beta * c, row-major: op(a) is [m, k], op(b) is [k, n], c is [m, n]. ld* are row strides in elements.
void multiply(Op op_a, Op op_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b,
              int64_t ldb, float beta, float* c, int64_t ldc);

}  // namespace ds2s
