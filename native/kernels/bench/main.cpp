// Times of the kernels against libtorch's layers, taken in turn (A B A B ...), one thread: median of ROUNDS (first argument,
// 15 by default). The sizes are the reference case: vocabulary 8,000, embedding 256, two layers of 512, 64 sentences of 24.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "distseq2seq_kernels.h"

namespace {

constexpr int64_t length = 24, batch = 64, embedding = 256, hidden = 512, vocabulary = 8000;
constexpr double lstm_forward_flops = 2.0 * length * batch * 4 * hidden * ((embedding + hidden) + (hidden + hidden));
constexpr double output_forward_flops = 2.0 * length * batch * hidden * vocabulary;
constexpr double backward_and_forward = 3;  // backward has two products for each of forward's

using Work = std::function<void()>;

// Processor time of this thread: other programs of the machine disturb it less than they do the wall clock.
double now()
{
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double seconds(const Work& work)
{
    const double start = now();
    work();
    return now() - start;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

at::Tensor take(ds2s_tensor handle)
{
    auto* tensor = static_cast<at::Tensor*>(handle);
    auto result = std::move(*tensor);
    delete tensor;
    return result;
}

ds2s_tensor handle(const at::Tensor& tensor)
{
    return const_cast<at::Tensor*>(&tensor);
}

void succeed(int status)
{
    if (status == 0) return;
    std::fprintf(stderr, "%s\n", ds2s_kernels_last_error());
    std::exit(1);
}

std::string wanted;  // part of the names to measure

struct Pair {
    std::string name;
    Work fused, plain;
    double flops;
};

// The rate of one large product, which the shares refer to (flops a second), measured between the others.
double product_rate()
{
    static const auto a = at::randn({length * batch, hidden}), b = at::randn({hidden, 4 * hidden});
    static auto c = at::empty({length * batch, 4 * hidden});
    return 2.0 * length * batch * hidden * 4 * hidden / seconds([] { at::mm_out(c, a, b); });
}

void measure(const Pair& pair, int rounds)
{
    if (pair.name.find(wanted) == std::string::npos) return;
    std::vector<double> fused, plain, ratio, rate;
    pair.fused();
    pair.plain();
    for (int round = 0; round < rounds; round++) {
        rate.push_back(product_rate());
        fused.push_back(seconds(pair.fused));
        plain.push_back(seconds(pair.plain));
        ratio.push_back(plain.back() / fused.back());
    }
    std::sort(ratio.begin(), ratio.end());
    std::printf("%-34s fused %8.2f ms   libtorch %8.2f ms   ratio %.2f (%.2f..%.2f)", pair.name.c_str(), median(fused) * 1e3,
                median(plain) * 1e3, median(ratio), ratio[ratio.size() / 4], ratio[ratio.size() * 3 / 4]);
    if (pair.flops > 0)
        std::printf("   share of the product rate %.0f %% / %.0f %%", 100 * pair.flops / median(fused) / median(rate),
                    100 * pair.flops / median(plain) / median(rate));
    std::printf("\n");
}

struct Lstm {
    at::Tensor x = at::randn({length, batch, embedding}).requires_grad_(true);
    at::Tensor zeros = at::zeros({2, batch, hidden});
    std::vector<at::Tensor> parameters;
    std::vector<int64_t> lengths, sizes;  // empty: all full
    at::Tensor packed_sizes;

    explicit Lstm(bool ragged)
    {
        const double scale = 1 / std::sqrt(static_cast<double>(hidden));
        for (int layer = 0; layer < 2; layer++)
            for (const auto& shape : std::vector<std::vector<int64_t>>{
                     {4 * hidden, layer == 0 ? embedding : hidden}, {4 * hidden, hidden}, {4 * hidden}, {4 * hidden}})
                parameters.push_back(((at::rand(shape) * 2 - 1) * scale).requires_grad_(true));
        if (!ragged) return;
        for (int64_t row = 0; row < batch; row++) lengths.push_back(length - row * length / (2 * batch));
        for (int64_t step = 0; step < length; step++)
            sizes.push_back(std::count_if(lengths.begin(), lengths.end(), [&](int64_t l) { return l > step; }));
    }

    double share_of_rows() const
    {
        int64_t rows = 0;
        for (const int64_t size : sizes) rows += size;
        return sizes.empty() ? 1 : static_cast<double>(rows) / (length * batch);
    }

    void finish(const at::Tensor& out, bool backward) const
    {
        if (!backward) return;
        std::vector<at::Tensor> inputs{x};
        inputs.insert(inputs.end(), parameters.begin(), parameters.end());
        torch::autograd::grad({out}, inputs, {at::ones_like(out)});
    }

    void fused(bool backward) const
    {
        auto out = x;
        for (size_t layer = 0; layer < 2; layer++) {
            const at::Tensor* w = &parameters[4 * layer];
            ds2s_tensor results[3];
            succeed(ds2s_lstm_layer(handle(out), sizes.empty() ? nullptr : sizes.data(), handle(w[0]), handle(w[1]),
                                    handle(w[2]), handle(w[3]), nullptr, nullptr, 0, &results[0], &results[1], &results[2]));
            out = take(results[0]);
            take(results[1]);
            take(results[2]);
        }
        finish(out, backward);
    }

    void plain(bool backward) const
    {
        if (lengths.empty()) {
            finish(std::get<0>(at::lstm(x, {zeros, zeros}, parameters, true, 2, 0, true, false, false)), backward);
            return;
        }
        const auto [data, counts] = at::_pack_padded_sequence(x, at::tensor(lengths, at::kLong), false);
        const auto packed = std::get<0>(at::lstm(data, counts, {zeros, zeros}, parameters, true, 2, 0, true, false));
        finish(std::get<0>(at::_pad_packed_sequence(packed, counts, false, 0.0, length)), backward);
    }
};

struct Output {
    at::Tensor states = at::randn({length * batch, hidden}).requires_grad_(true);
    at::Tensor weight = (at::randn({vocabulary, hidden}) * 0.05).requires_grad_(true);
    at::Tensor bias = at::zeros({vocabulary}).requires_grad_(true);
    at::Tensor targets = at::randint(vocabulary, {length * batch}, at::kLong);

    void finish(const at::Tensor& loss, bool backward) const
    {
        if (backward) torch::autograd::grad({loss}, {states, weight, bias});
    }

    void fused(bool backward) const
    {
        ds2s_tensor loss;
        ds2s_cross_entropy_counts counts;
        at::AutoGradMode mode(backward);
        succeed(ds2s_linear_cross_entropy(handle(states), handle(weight), handle(bias), handle(targets), 0, 0, &loss, &counts));
        finish(take(loss), backward);
    }

    void plain(bool backward) const
    {
        at::AutoGradMode mode(backward);
        finish(at::cross_entropy_loss(at::linear(states, weight, bias), targets, {}, at::Reduction::Sum, 0, 0.0), backward);
    }
};

struct Dropout {
    at::Tensor x = at::randn({length, batch, hidden}).requires_grad_(true), weight = at::randn({length, batch, hidden});

    void fused() const
    {
        ds2s_tensor out;
        succeed(ds2s_dropout(handle(x), 0.2, 1, 2, 0, &out));
        torch::autograd::grad({take(out)}, {x}, {weight});
    }

    void plain() const { torch::autograd::grad({at::dropout(x, 0.2, true)}, {x}, {weight}); }
};

struct Int8Product {
    at::Tensor x, weight, packed, scales;

    Int8Product(int64_t rows, int64_t depth, int64_t columns)
        : x(at::randn({rows, depth})), weight(at::randn({columns, depth})), scales(at::rand({columns}))
    {
        const auto integers = at::randint(-127, 128, {columns, depth}, at::kChar);
        ds2s_tensor result;
        succeed(ds2s_int8_pack(integers.data_ptr<int8_t>(), columns, depth, &result));
        packed = take(result);
    }

    void fused() const
    {
        ds2s_tensor out;
        succeed(ds2s_int8_linear(handle(x), handle(packed), handle(scales), nullptr, &out));
        take(out);
    }

    void plain() const { at::mm(x, weight.t()); }

    double flops() const { return 2.0 * static_cast<double>(x.numel() * weight.size(0)); }
};

struct AdditiveScores {
    at::Tensor query = at::randn({length, batch, hidden}).requires_grad_(true);
    at::Tensor key = at::randn({length, batch, hidden}).requires_grad_(true);
    at::Tensor vector = at::randn({hidden}).requires_grad_(true), weight = at::randn({batch, length, length});

    void fused() const
    {
        ds2s_tensor scores;
        succeed(ds2s_additive_scores(handle(query), handle(key), handle(vector), nullptr, &scores));
        torch::autograd::grad({take(scores)}, {query, key, vector}, {weight});
    }

    void plain() const
    {
        const auto sums = query.transpose(0, 1).unsqueeze(2) + key.transpose(0, 1).unsqueeze(1);
        torch::autograd::grad({at::matmul(at::tanh(sums), vector)}, {query, key, vector}, {weight});
    }
};

}  // namespace

int main(int count, char** arguments)
{
    const int rounds = count > 1 ? std::max(1, std::atoi(arguments[1])) : 15;
    if (count > 2) wanted = arguments[2];
    if (std::getenv("DS2S_BENCH_KEEP_MEMORY") != nullptr) ds2s_kernels_keep_memory();
    at::set_num_threads(1);
    std::printf("instruction set %s, OPENBLAS_NUM_THREADS=%s (1 is meant), product rate %.1f Gflop/s\n", ds2s_kernels_isa(),
                std::getenv("OPENBLAS_NUM_THREADS"), (product_rate(), product_rate()) * 1e-9);
    for (const bool ragged : {false, true}) {
        const Lstm lstm(ragged);
        const double flops = lstm_forward_flops * lstm.share_of_rows();
        const std::string batch_kind = ragged ? " lengths 12..24" : " lengths 24";
        measure({"LSTM forward" + batch_kind, [&] { at::NoGradGuard g; lstm.fused(false); },
                 [&] { at::NoGradGuard g; lstm.plain(false); }, flops}, rounds);
        measure({"LSTM step" + batch_kind, [&] { lstm.fused(true); }, [&] { lstm.plain(true); },
                 flops * backward_and_forward}, rounds);
    }
    const Output output;
    measure({"output + cross-entropy forward", [&] { output.fused(false); }, [&] { output.plain(false); },
             output_forward_flops}, rounds);
    measure({"output + cross-entropy step", [&] { output.fused(true); }, [&] { output.plain(true); },
             output_forward_flops * backward_and_forward}, rounds);
    const Dropout dropout;
    measure({"dropout step, 24 x 64 x 512", [&] { dropout.fused(); }, [&] { dropout.plain(); }, 0}, rounds);
    const AdditiveScores additive;
    measure({"additive scores step", [&] { additive.fused(); }, [&] { additive.plain(); }, 0}, rounds);
    for (const int64_t rows : {5, 64, 320}) {
        const Int8Product product(rows, 512, 5692);
        measure({"int8 product, " + std::to_string(rows) + " x 512 x 5,692", [&] { product.fused(); }, [&] { product.plain(); },
                 product.flops()}, rounds);
    }
    return 0;
}
