// Sentences of different lengths in the order of time: which rows each step has, and matrices without the others.
#pragma once

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

namespace ds2s {

// Which rows are active when, and where each step's rows lie in packed matrices.
struct Steps {
    std::vector<int64_t> active;  // rows at each step
    std::vector<int64_t> offset;  // packed row of each step's first; one more at the end: the number of packed rows
    bool reverse;
    int64_t batch;

    Steps(std::vector<int64_t> active_rows, bool backwards, int64_t rows)
        : active(std::move(active_rows)), offset(active.size() + 1), reverse(backwards), batch(rows)
    {
        for (size_t step = 0; step < active.size(); step++) offset[step + 1] = offset[step] + active[step];
    }

    int64_t length() const { return static_cast<int64_t>(active.size()); }
    int64_t packed_rows() const { return offset.back(); }
    bool is_full() const { return packed_rows() == length() * batch; }

    // The step that is computed as number `turn`.
    size_t in_order(int64_t turn) const { return static_cast<size_t>(reverse ? length() - 1 - turn : turn); }
};

// [T, B, columns] without its padding rows: [packed rows, columns].
inline at::Tensor pack(const at::Tensor& padded, const Steps& steps)
{
    const auto source = padded.contiguous();
    const int64_t columns = padded.size(2);
    if (steps.is_full()) return source.view({steps.packed_rows(), columns});
    auto packed = at::empty({steps.packed_rows(), columns}, padded.options());
    const float* from = source.data_ptr<float>();
    float* to = packed.data_ptr<float>();
    for (size_t step = 0; step < steps.active.size(); step++)
        std::memcpy(to + steps.offset[step] * columns, from + static_cast<int64_t>(step) * steps.batch * columns,
                    static_cast<size_t>(steps.active[step] * columns) * sizeof(float));
    return packed;
}

inline at::Tensor unpack(const at::Tensor& packed, const Steps& steps)
{
    const int64_t columns = packed.size(1);
    if (steps.is_full()) return packed.view({steps.length(), steps.batch, columns});
    auto padded = at::empty({steps.length(), steps.batch, columns}, packed.options());
    const float* from = packed.data_ptr<float>();
    float* to = padded.data_ptr<float>();
    for (size_t step = 0; step < steps.active.size(); step++) {
        float* rows = to + static_cast<int64_t>(step) * steps.batch * columns;
        const int64_t used = steps.active[step] * columns, all = steps.batch * columns;
        std::memcpy(rows, from + steps.offset[step] * columns, static_cast<size_t>(used) * sizeof(float));
        std::memset(rows + used, 0, static_cast<size_t>(all - used) * sizeof(float));
    }
    return padded;
}

// The hidden state that each packed row started from: h0, or the output of the step computed before. [packed rows, H]
inline at::Tensor pack_states_before(const at::Tensor& out, const at::Tensor& h0, const Steps& steps)
{
    const int64_t hidden = out.size(2);
    auto before = at::empty({steps.packed_rows(), hidden}, out.options());
    const float* outputs = out.data_ptr<float>();
    const float* initial = h0.defined() ? h0.data_ptr<float>() : nullptr;
    for (int64_t turn = 0; turn < steps.length(); turn++) {
        const size_t step = steps.in_order(turn);
        const int64_t rows = steps.active[step];
        int64_t continued = 0;  // rows that were active in the turn before
        float* to = before.data_ptr<float>() + steps.offset[step] * hidden;
        if (turn > 0) {
            const size_t last = steps.in_order(turn - 1);
            continued = std::min(rows, steps.active[last]);
            if (continued > 0)  // an empty tensor has no memory
                std::memcpy(to, outputs + static_cast<int64_t>(last) * steps.batch * hidden,
                            static_cast<size_t>(continued * hidden) * sizeof(float));
        }
        const auto started = static_cast<size_t>((rows - continued) * hidden) * sizeof(float);
        if (started == 0) continue;
        if (initial != nullptr)
            std::memcpy(to + continued * hidden, initial + continued * hidden, started);
        else
            std::memset(to + continued * hidden, 0, started);
    }
    return before;
}

inline at::Tensor initial_state(const at::Tensor& given, const Steps& steps, int64_t hidden, const at::TensorOptions& options)
{
    return given.defined() ? given.clone(at::MemoryFormat::Contiguous) : at::zeros({steps.batch, hidden}, options);
}

// Active rows of each step as given, or every row at every step.
inline std::vector<int64_t> checked_batch_sizes(const char* where, const int64_t* batch_sizes, int64_t length, int64_t batch)
{
    if (batch_sizes == nullptr) return std::vector<int64_t>(static_cast<size_t>(length), batch);
    std::vector<int64_t> sizes(batch_sizes, batch_sizes + length);
    int64_t most = batch;
    for (size_t step = 0; step < sizes.size(); step++) {
        TORCH_CHECK(sizes[step] >= 0 && sizes[step] <= most, where, ": batch_sizes[", step, "] is ", sizes[step],
                    ", expected 0..", most, " (rows sorted by length, longest first)");
        most = sizes[step];
    }
    return sizes;
}

}  // namespace ds2s
