// Scores of additive attention without the [T, S, B, A] tensor that separate operations would store.
#include "guard.h"
#include "matrix.h"
#include "steps.h"
#include "vector/kernels.h"

namespace ds2s {

namespace {

int64_t length_of(const ds2s_additive_scores& p, int64_t row)
{
    return p.source_lengths == nullptr ? p.sources : p.source_lengths[row];
}

void check(const char* where, const ds2s_additive_scores& p)
{
    require(p.targets >= 0 && p.sources >= 0 && p.batch >= 0 && p.width >= 0, where, ": targets, sources, batch and width are ", p.targets,
            ", ", p.sources, ", ", p.batch, " and ", p.width, ", expected 0 or more");
    for (int64_t row = 0; row < p.batch; row++)
        require(length_of(p, row) >= 0 && length_of(p, row) <= p.sources, where, ": source_lengths[", row, "] is ", length_of(p, row),
                ", expected 0..", p.sources);
}

// The problem of one sentence of the batch.
AdditiveScores sentence(const ds2s_additive_scores& p, int64_t row)
{
    return {p.targets, length_of(p, row), p.width, p.batch * p.width, p.sources, p.query + row * p.width, p.key + row * p.width, p.vector,
            nullptr};
}

}  // namespace

}  // namespace ds2s

extern "C" int ds2s_additive_scores_forward(const ds2s_additive_scores* problem, float* scores)
{
    using namespace ds2s;
    return guarded([&] {
        const auto& p = *problem;
        check("ds2s_additive_scores_forward", p);
        const int64_t plane = p.targets * p.sources;
        clear(scores, p.batch * plane);
        for (int64_t row = 0; row < p.batch; row++) {
            auto part = sentence(p, row);
            part.scores = scores + row * plane;
            vector_kernels().additive_scores(part);
        }
    });
}

extern "C" int ds2s_additive_scores_backward(const ds2s_additive_scores* problem, const float* d_scores, float* d_query, float* d_key,
                                             float* d_vector)
{
    using namespace ds2s;
    return guarded([&] {
        const auto& p = *problem;
        check("ds2s_additive_scores_backward", p);
        Scratch scratch;
        float* d_vectors = scratch.floats(p.batch * p.width);  // one row a sentence
        clear(d_key, p.sources * p.batch * p.width);
        for (int64_t row = 0; row < p.batch; row++)
            vector_kernels().additive_scores_gradient({sentence(p, row), d_scores + row * p.targets * p.sources, d_query + row * p.width,
                                                       d_key + row * p.width, d_vectors + row * p.width});
        column_sums(d_vectors, p.batch, p.width, d_vector);
    });
}
