#include "packed_weight.h"

#include "panel_product.h"

namespace ds2s {

PackedWeight::PackedWeight(const at::Tensor& weight, Op op, int64_t rows_in_all)
    : weight_(weight), op_(op), depth_(weight.size(op == Op::Plain ? 0 : 1)), columns_(weight.size(op == Op::Plain ? 1 : 0))
{
    if (panels_serve(rows_in_all)) packed_ = pack_panels(op, depth_, columns_, weight.data_ptr<float>(), weight.size(1));
}

void PackedWeight::multiply(int64_t rows, const float* a, float* c, bool accumulate) const
{
    if (packed_.defined())
        multiply_panels(rows, columns_, depth_, a, depth_, packed_, c, columns_, accumulate);
    else
        multiply_by_blas(Op::Plain, op_, rows, columns_, depth_, a, depth_, weight_.data_ptr<float>(), weight_.size(1),
                         accumulate ? 1.0f : 0.0f, c, columns_);
}

}  // namespace ds2s
