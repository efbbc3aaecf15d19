// The matrix products that all kernels use.
#pragma once

#include <cstdint>

#include "scratch.h"

namespace ds2s {

enum class Op { Plain, Transposed };

// A row-major matrix and what of it is multiplied: op(data) is [depth, columns]; `stride`: elements between rows of data.
struct Weight {
    const float* data;
    Op op;
    int64_t depth, columns, stride;
};

// c = op(a) * op(b) (+ c if `accumulate`), row-major: op(a) is [m, k], op(b) is [k, n], c is [m, n]. ld* are row strides in
// elements. By the BLAS that ds2s_kernels_use_sgemm named.
void multiply(Op op_a, Op op_b, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b, int64_t ldb,
              bool accumulate, float* c, int64_t ldc);

// A weight whose products all have many rows: the BLAS is the quickest.
class PlainWeight {
public:
    explicit PlainWeight(const Weight& weight) : weight_(weight) {}

    // c = a * op(weight) (+ c if `accumulate`); a is [rows, depth], both contiguous.
    void multiply(int64_t rows, const float* a, float* c, bool accumulate) const;

private:
    Weight weight_;
};

// A weight that many products of few rows share, as the steps of a layer do: where the vector kernels have panels, it is packed once,
// which is quicker than a BLAS that packs it each time.
class PackedWeight {
public:
    // Not packed where all products together have too few rows for it to pay: a function of shape and processor alone, so that
    // every worker takes the same way. What it packs lives in `scratch`.
    PackedWeight(const Weight& weight, int64_t rows_in_all, Scratch& scratch);

    // Packed by somebody else (Panels::pack), where not null.
    PackedWeight(const Weight& weight, const float* panels) : weight_(weight), panels_(panels) {}

    // As PlainWeight's.
    void multiply(int64_t rows, const float* a, float* c, bool accumulate) const;

private:
    Weight weight_;
    const float* panels_ = nullptr;
};

// How many floats a packed weight takes; 0 where this processor's vector kernels have no panels.
int64_t panel_floats(const Weight& weight);
void pack_panels(const Weight& weight, float* panels);

// [rows, columns], contiguous, to [columns]: rows in order. `sums` is overwritten.
void column_sums(const float* matrix, int64_t rows, int64_t columns, float* sums);

}  // namespace ds2s
