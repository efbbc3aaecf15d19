// A weight that several products share: where the vector kernels can, it is packed once; else each product is a plain one.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "matrix.h"

namespace ds2s {

class PackedWeight {
public:
    // `weight` is contiguous and outlives this; op(weight) is [depth, columns]. Not packed where all products together have too
    // few rows for it to pay.
    PackedWeight(const at::Tensor& weight, Op op, int64_t rows_in_all);

    // c = a * op(weight) (+ c if `accumulate`); a is [rows, depth], both contiguous.
    void multiply(int64_t rows, const float* a, float* c, bool accumulate) const;

private:
    const at::Tensor& weight_;
    Op op_;
    int64_t depth_, columns_;
    at::Tensor packed_;  // undefined: plain products
};

}  // namespace ds2s
