// Additive attention's scores against separate operations in double precision.
#include <torch/csrc/autograd/autograd.h>

#include "testing.h"

using namespace testing;

namespace {

at::Tensor scores(const at::Tensor& query, const at::Tensor& key, const at::Tensor& vector, const int64_t* lengths)
{
    ds2s_tensor result;
    succeed(ds2s_additive_scores(handle(query), handle(key), handle(vector), lengths, &result));
    return take(result);
}

void compare(int64_t targets, int64_t sources, int64_t width, const std::vector<int64_t>& lengths)
{
    const auto batch = static_cast<int64_t>(lengths.size());
    const auto query = at::randn({targets, batch, width}).requires_grad_(true);
    const auto key = at::randn({sources, batch, width}).requires_grad_(true);
    const auto vector = at::randn({width}).requires_grad_(true);
    const auto weight = at::randn({batch, targets, sources});
    const auto actual = scores(query, key, vector, lengths.data());
    const auto gradients = torch::autograd::grad({actual}, {query, key, vector}, {weight});

    const auto exact = [](const at::Tensor& t) { return t.detach().to(at::kDouble).requires_grad_(true); };
    const auto q = exact(query), k = exact(key), v = exact(vector);
    const auto sums = q.transpose(0, 1).unsqueeze(2) + k.transpose(0, 1).unsqueeze(1);
    const auto within = at::arange(sources).unsqueeze(0).lt(at::tensor(lengths, at::kLong).unsqueeze(1)).unsqueeze(1);
    const auto expected = at::matmul(at::tanh(sums), v) * within;
    const auto exact_gradients = torch::autograd::grad({expected}, {q, k, v}, {weight.to(at::kDouble)});
    check_close("scores", actual.detach(), expected.detach());
    const char* const names[] = {"d query", "d key", "d vector"};
    for (size_t index = 0; index < 3; index++) check_close(names[index], gradients[index], exact_gradients[index]);

    const auto moved_query = misaligned(query, 3), moved_key = misaligned(key, 1), moved_vector = misaligned(vector, 2);
    const auto again = scores(moved_query, moved_key, moved_vector, lengths.data());
    check_same_bits("misaligned scores", again.detach(), actual.detach());
    const auto moved = torch::autograd::grad({again}, {moved_query, moved_key, moved_vector}, {weight});
    for (size_t index = 0; index < 3; index++) check_same_bits(names[index], moved[index], gradients[index]);
}

}  // namespace

TEST_CASE(AdditiveScores_ManyShapes_AgreesWithSeparateOperations)
{
    compare(1, 1, 1, {1});
    compare(3, 4, 17, {4, 2, 1, 3, 4});
    compare(5, 7, 64, {7, 7});
    compare(2, 6, 33, {0, 6});
}

TEST_CASE(AdditiveScores_WrongArguments_NamedInTheError)
{
    const auto query = at::zeros({2, 3, 4}), key = at::zeros({5, 3, 4}), vector = at::zeros({4}), wrong = at::zeros({5, 2, 4});
    ds2s_tensor result;
    fail_with(ds2s_additive_scores(handle(query), handle(wrong), handle(vector), nullptr, &result),
              "key has shape [5, 2, 4], expected [5, 3, 4]");
    const int64_t lengths[] = {5, 6, 1};
    fail_with(ds2s_additive_scores(handle(query), handle(key), handle(vector), lengths, &result), "source_lengths[1] is 6");
}
