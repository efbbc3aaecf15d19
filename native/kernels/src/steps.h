// Sentences of different lengths in the order of time: which rows each step has, and matrices without the others.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "distseq2seq_kernels.h"
#include "guard.h"
#include "scratch.h"

namespace ds2s {

inline void copy(float* to, const float* from, int64_t count)
{
    if (count > 0) std::memcpy(to, from, static_cast<size_t>(count) * sizeof(float));  // nothing may be at null
}

inline void clear(float* to, int64_t count)
{
    if (count > 0) std::memset(to, 0, static_cast<size_t>(count) * sizeof(float));
}

// Which rows are active when, and where each step's rows lie in packed matrices.
struct Steps {
    int64_t length, batch;
    bool reverse;
    const int64_t* active;  // rows at each step
    int64_t* offset;        // packed row of each step's first; one more at the end: the number of packed rows

    Steps(const char* where, const ds2s_sequence& sequence, Scratch& scratch)
        : length(sequence.length),
          batch(sequence.batch),
          reverse(sequence.reverse != 0),
          active(sequence.batch_sizes),
          offset(scratch.take<int64_t>(sequence.length + 1))
    {
        require(length >= 0 && batch >= 0, where, ": length is ", length, " and batch ", batch, ", expected 0 or more");
        int64_t most = batch;
        offset[0] = 0;
        for (int64_t step = 0; step < length; step++) {
            require(active[step] >= 0 && active[step] <= most, where, ": batch_sizes[", step, "] is ", active[step], ", expected 0..", most,
                    " (rows sorted by length, longest first)");
            most = active[step];
            offset[step + 1] = offset[step] + active[step];
        }
    }

    int64_t packed_rows() const { return offset[length]; }
    bool is_full() const { return packed_rows() == length * batch; }

    // The step that is computed as number `turn`.
    int64_t in_order(int64_t turn) const { return reverse ? length - 1 - turn : turn; }
};

// [T, B, columns] without its padding rows, [packed rows, columns]: the memory itself where there are none.
inline const float* pack(const float* padded, int64_t columns, const Steps& steps, Scratch& scratch)
{
    if (steps.is_full()) return padded;
    float* packed = scratch.floats(steps.packed_rows() * columns);
    for (int64_t step = 0; step < steps.length; step++)
        copy(packed + steps.offset[step] * columns, padded + step * steps.batch * columns, steps.active[step] * columns);
    return packed;
}

// The way back, with zeros for padding.
inline void unpack(const float* packed, int64_t columns, const Steps& steps, float* padded)
{
    for (int64_t step = 0; step < steps.length; step++) {
        float* rows = padded + step * steps.batch * columns;
        const int64_t used = steps.active[step] * columns;
        copy(rows, packed + steps.offset[step] * columns, used);
        clear(rows + used, steps.batch * columns - used);
    }
}

// The hidden state that each packed row started from: h0, or the output of the step computed before. [packed rows, H]
inline const float* pack_states_before(const float* out, const float* h0, int64_t hidden, const Steps& steps, Scratch& scratch)
{
    float* before = scratch.floats(steps.packed_rows() * hidden);
    for (int64_t turn = 0; turn < steps.length; turn++) {
        const int64_t step = steps.in_order(turn), rows = steps.active[step];
        int64_t continued = 0;  // rows that were active in the turn before
        float* to = before + steps.offset[step] * hidden;
        if (turn > 0) {
            const int64_t last = steps.in_order(turn - 1);
            continued = std::min(rows, steps.active[last]);
            copy(to, out + last * steps.batch * hidden, continued * hidden);
        }
        copy(to + continued * hidden, h0 + continued * hidden, (rows - continued) * hidden);
    }
    return before;
}

}  // namespace ds2s
