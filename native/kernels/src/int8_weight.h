// A weight of 8-bit integers with a scale for each of its rows, multiplied by rows that are rounded on the way.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace ds2s {

class Int8Weight {
public:
    // packed: what ds2s_int8_pack made of [columns, depth]; scales [columns].
    Int8Weight(const char* where, const char* name, const at::Tensor& packed, const at::Tensor& scales, int64_t columns, int64_t depth);

    // c = a * weight^T (+ c if `accumulate`, + bias [columns] if given); a is [rows, depth], both contiguous.
    void multiply(int64_t rows, const float* a, float* c, bool accumulate, const float* bias = nullptr) const;

private:
    at::Tensor packed_, scales_;
    int64_t depth_, columns_;
};

}  // namespace ds2s
