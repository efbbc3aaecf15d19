// The matrix products that all kernels use.
#pragma once

#include <cstdint>

namespace ds2s {

enum class Op { Plain, Transposed };

// Whether large products are quicker by panels than by the BLAS: this processor has AVX-512 (twice as fast on some), which
// the BLAS has not found or was told not to use. Workers that differ in this are refused: OpenBLAS's kernels are in what they say.
bool panels_lead();

// c = op(a) * op(b) (+ c if `accumulate`), row-major: op(a) is [m, k], op(b) is [k, n], c is [m, n]. ld* are row strides in
// elements. By panels of the vector kernels where they lead and serve, else by the BLAS; the shape alone decides within a process.
void multiply(Op op_a, Op op_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b,
              int64_t ldb, bool accumulate, float* c, int64_t ldc);

// The same with beta * c added, always by the BLAS.
void multiply_by_blas(Op op_a, Op op_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b,
                      int64_t ldb, float beta, float* c, int64_t ldc);

}  // namespace ds2s
