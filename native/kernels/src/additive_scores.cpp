// Scores of additive attention without the [T, S, B, A] tensor that separate operations would store.
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <utility>
#include <vector>

#include "guard.h"
#include "vector/kernels.h"

namespace ds2s {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr const char* where = "ds2s_additive_scores";

// The problem of sentence `row` of a batch; memory of [T, B, A], [S, B, A] and [B, T, S].
AdditiveScores sentence(const at::Tensor& query, const at::Tensor& key, const at::Tensor& vector, int64_t row,
                        int64_t sources)
{
    const int64_t width = query.size(2);
    AdditiveScores s{};
    s.targets = query.size(0);
    s.sources = sources;
    s.width = width;
    s.stride = query.size(1) * width;
    s.row = key.size(0);
    s.query = query.data_ptr<float>() + row * width;
    s.key = key.data_ptr<float>() + row * width;
    s.vector = vector.data_ptr<float>();
    return s;
}

struct AdditiveScoresFunction : torch::autograd::Function<AdditiveScoresFunction> {
    static Variable forward(AutogradContext* context, Variable given_query, Variable given_key, Variable given_vector,
                            std::vector<int64_t> lengths)
    {
        const auto query = given_query.contiguous(), key = given_key.contiguous(), vector = given_vector.contiguous();
        const int64_t batch = query.size(1), plane = query.size(0) * key.size(0);
        const auto scores = at::zeros({batch, query.size(0), key.size(0)}, query.options().requires_grad(false));
        at::parallel_for(0, batch, 1, [&](int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; row++) {
                auto part = sentence(query, key, vector, row, lengths[static_cast<size_t>(row)]);
                part.scores = scores.data_ptr<float>() + row * plane;
                vector_kernels().additive_scores(part);
            }
        });
        context->save_for_backward({given_query, given_key, given_vector});
        context->saved_data["lengths"] = std::move(lengths);
        return scores;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients)
    {
        TORCH_CHECK(!at::GradMode::is_enabled(), where, ": gradients of gradients are not available; use the plain layer");
        const auto saved = context->get_saved_variables();
        const auto query = saved[0].contiguous(), key = saved[1].contiguous(), vector = saved[2].contiguous();
        const auto lengths = context->saved_data["lengths"].toIntVector();
        const auto d_scores = gradients[0].contiguous();
        const int64_t batch = query.size(1), width = query.size(2), plane = query.size(0) * key.size(0);
        const auto options = query.options().requires_grad(false);
        const auto d_query = at::empty(query.sizes(), options), d_key = at::zeros(key.sizes(), options);
        // One row a sentence, then summed in the sentences' order: the same for any number of threads.
        const auto d_vectors = at::empty({batch, width}, options), d_vector = at::zeros({width}, options);
        at::parallel_for(0, batch, 1, [&](int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; row++)
                vector_kernels().additive_scores_gradient(
                    {sentence(query, key, vector, row, lengths[static_cast<size_t>(row)]),
                     d_scores.data_ptr<float>() + row * plane, d_query.data_ptr<float>() + row * width,
                     d_key.data_ptr<float>() + row * width, d_vectors.data_ptr<float>() + row * width});
        });
        vector_kernels().add_rows(d_vectors.data_ptr<float>(), batch, width, width, d_vector.data_ptr<float>());
        return {d_query, d_key, d_vector, {}};
    }
};

}  // namespace

}  // namespace ds2s

extern "C" int ds2s_additive_scores(ds2s_tensor query_handle, ds2s_tensor key_handle, ds2s_tensor vector_handle,
                                    const int64_t* source_lengths, ds2s_tensor* scores)
{
    using namespace ds2s;
    return guarded([&] {
        const auto query = tensor_of(query_handle), key = tensor_of(key_handle), vector = tensor_of(vector_handle);
        TORCH_CHECK(query.defined() && query.dim() == 3, where, ": query has to be a tensor of shape [T, B, A]");
        TORCH_CHECK(key.defined() && key.dim() == 3, where, ": key has to be a tensor of shape [S, B, A]");
        const int64_t batch = query.size(1), sources = key.size(0);
        check_float(where, "query", query, query.sizes());
        check_float(where, "key", key, {sources, batch, query.size(2)});
        check_float(where, "vector", vector, {query.size(2)});
        std::vector<int64_t> lengths(static_cast<size_t>(batch), sources);
        for (size_t row = 0; source_lengths != nullptr && row < lengths.size(); row++) {
            lengths[row] = source_lengths[row];
            TORCH_CHECK(lengths[row] >= 0 && lengths[row] <= sources, where, ": source_lengths[", row, "] is ", lengths[row],
                        ", expected 0..", sources);
        }
        *scores = handle_of(AdditiveScoresFunction::apply(query, key, vector, lengths));
    });
}
