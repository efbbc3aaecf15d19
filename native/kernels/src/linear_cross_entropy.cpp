// Output layer and softmax cross-entropy over slices of rows: a slice's logits turn into their own gradient in place, and go
// into the gradients of hidden, weight and bias while they are in the cache.
#include <algorithm>

#include "guard.h"
#include "matrix.h"
#include "steps.h"
#include "vector/kernels.h"

namespace ds2s {

namespace {

constexpr const char* where = "ds2s_linear_cross_entropy";

// Rows of one slice: logits of about 16 MB, so that the products are large and most of a slice stays in the last cache.
// A function of the shape alone, since the sums over slices depend on it.
int64_t slice_rows(int64_t classes)
{
    constexpr int64_t logits_per_slice = 4 << 20;
    return std::clamp<int64_t>(logits_per_slice / classes / 16 * 16, 16, 1024);
}

// The indices of the rows that count; how many.
int64_t counted_rows(const ds2s_cross_entropy& p, int64_t* rows)
{
    int64_t count = 0;
    for (int64_t row = 0; row < p.rows; row++) {
        if (p.targets[row] == p.ignore_index) continue;
        require(p.targets[row] >= 0 && p.targets[row] < p.classes, where, ": targets[", row, "] is ", p.targets[row], ", expected 0..",
                p.classes - 1, " or ignore_index (", p.ignore_index, ")");
        rows[count++] = row;
    }
    return count;
}

void compute(const ds2s_cross_entropy& p, ds2s_cross_entropy_counts& counts, float* d_hidden, float* d_weight, float* d_bias)
{
    Scratch scratch;
    int64_t* rows = scratch.take<int64_t>(p.rows);
    const int64_t total = counted_rows(p, rows), slice = std::min(slice_rows(p.classes), total);
    const bool all_count = total == p.rows, differentiable = d_hidden != nullptr || d_weight != nullptr || d_bias != nullptr;
    counts = {0, 0, total, 0};
    if (d_hidden != nullptr && !all_count) clear(d_hidden, p.rows * p.width);
    if (d_weight != nullptr && total == 0) clear(d_weight, p.classes * p.width);
    if (d_bias != nullptr) clear(d_bias, p.classes);

    float* logits = scratch.floats(slice * p.classes);
    float* gathered = all_count ? nullptr : scratch.floats(slice * p.width);
    float* d_gathered = all_count || d_hidden == nullptr ? nullptr : scratch.floats(slice * p.width);
    const PlainWeight to_logits({p.weight, Op::Transposed, p.width, p.classes, p.width}),
        to_hidden({p.weight, Op::Plain, p.classes, p.width, p.width});
    const auto& vectors = vector_kernels();
    for (int64_t first = 0; first < total; first += slice) {
        const int64_t count = std::min(slice, total - first);
        for (int64_t row = 0; row < count && !all_count; row++)
            copy(gathered + row * p.width, p.hidden + rows[first + row] * p.width, p.width);
        const float* inputs = all_count ? p.hidden + first * p.width : gathered;
        to_logits.multiply(count, inputs, logits, false);
        for (int64_t row = 0; row < count; row++) {
            CrossEntropyRow result{logits + row * p.classes, p.bias,         p.classes, p.targets[rows[first + row]],
                                   static_cast<float>(p.label_smoothing), differentiable, 0,         0,
                                   false};
            vectors.cross_entropy_row(result);
            counts.loss += result.loss;
            counts.nll += result.nll;
            counts.correct += result.correct;
        }
        if (d_hidden != nullptr) {
            to_hidden.multiply(count, logits, all_count ? d_hidden + first * p.width : d_gathered, false);
            for (int64_t row = 0; row < count && !all_count; row++)
                copy(d_hidden + rows[first + row] * p.width, d_gathered + row * p.width, p.width);
        }
        if (d_weight != nullptr)
            multiply(Op::Transposed, Op::Plain, p.classes, p.width, count, logits, p.classes, inputs, p.width, first > 0, d_weight,
                     p.width);
        if (d_bias != nullptr) vectors.add_rows(logits, count, p.classes, p.classes, d_bias);
    }
}

}  // namespace

}  // namespace ds2s

extern "C" int ds2s_linear_cross_entropy(const ds2s_cross_entropy* problem, ds2s_cross_entropy_counts* counts, float* d_hidden,
                                         float* d_weight, float* d_bias)
{
    using namespace ds2s;
    return guarded([&] {
        require(problem->rows >= 0 && problem->width > 0 && problem->classes > 0, where, ": hidden is [", problem->rows, ", ",
                problem->width, "] and there are ", problem->classes, " classes, expected a width and classes of at least 1");
        require(problem->label_smoothing >= 0 && problem->label_smoothing <= 1, where, ": label_smoothing is ", problem->label_smoothing,
                ", expected 0..1");
        compute(*problem, *counts, d_hidden, d_weight, d_bias);
    });
}
