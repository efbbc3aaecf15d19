// All loops of kernels.h, in terms of lanes.h, and the table of them. Included inside the namespace of each unit.

#include "body_lstm.h"

#include "body_cross_entropy.h"

#include "body_additive.h"
#include "body_dropout.h"
#include "body_flat.h"

static constexpr VectorKernels table(const char* name)
{
    return {name, lstm_step, lstm_step_gradient, cross_entropy_row, add_rows, adam, sgd, squared_sum, dropout,
            additive_scores, additive_scores_gradient, add, scale, bf16_pack, bf16_unpack, bf16_unpack_add};
}
