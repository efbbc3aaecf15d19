// All loops of kernels.h, in terms of lanes.h, and the table of them. Included inside the namespace of each unit.

#include "body_gru.h"
#include "body_lstm.h"

#include "body_cross_entropy.h"

#include "body_additive.h"
#include "body_attention.h"
#include "body_dropout.h"
#include "body_top.h"

#ifdef TILE_ROWS
#include "body_packed.h"
#else
static constexpr int64_t panel_width = 0, depth_block = 0;
static constexpr int64_t (*packed_size)(int64_t, int64_t) = nullptr;
static constexpr void (*pack_weight)(const PackWeight&) = nullptr;
static constexpr void (*multiply_packed)(const PackedProduct&) = nullptr;
#endif

static constexpr VectorKernels table(const char* name)
{
    return {name,
            lstm_step,
            lstm_step_gradient,
            gru_step,
            gru_step_gradient,
            cross_entropy_row,
            add_rows,
            top_row,
            dropout,
            additive_scores,
            additive_scores_gradient,
            attend,
            attend_gradient,
            squash,
            panel_width,
            depth_block,
            packed_size,
            pack_weight,
            multiply_packed};
}
