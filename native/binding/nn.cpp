// Layers and losses.
#include "binding.h"

DSQ_API Handle dsq_linear(Handle input, Handle weight, Handle bias) {
    return dsq::tensor([&] { return at::linear(*input, *weight, dsq::maybe(bias)); });
}

DSQ_API Handle dsq_dropout(Handle input, double p, Flag training, Flag in_place) {
    return dsq::tensor([&] {
        return in_place ? at::dropout_(*input, p, training != 0) : at::dropout(*input, p, training != 0);
    });
}

DSQ_API Handle dsq_embedding(Handle weight, Handle indexes, int64_t padding, Flag scale_by_frequency, Flag sparse) {
    return dsq::tensor([&] { return at::embedding(*weight, *indexes, padding, scale_by_frequency != 0, sparse != 0); });
}

DSQ_API Handle dsq_one_hot(Handle input, int64_t classes) {
    return dsq::tensor([&] { return at::one_hot(*input, classes); });
}

/// Reduction: 0 none, 1 mean, 2 sum.
DSQ_API Handle dsq_cross_entropy(
    Handle input, Handle target, Handle weight, int64_t ignore_index, int64_t reduction, double label_smoothing) {
    return dsq::tensor([&] {
        return at::cross_entropy_loss(*input, *target, dsq::maybe(weight), reduction, ignore_index, label_smoothing);
    });
}

DSQ_API Handle dsq_nll_loss(Handle input, Handle target, Handle weight, int64_t reduction) {
    return dsq::tensor([&] { return at::nll_loss_nd(*input, *target, dsq::maybe(weight), reduction, -100); });
}

/// The QR factors' first, with signs fixed so that the distribution is uniform over orthogonal matrices.
DSQ_API Handle dsq_orthogonal(Handle flattened) {
    return dsq::tensor([&] {
        auto factors = at::linalg_qr(*flattened);
        return std::get<0>(factors).mul(at::sign(at::diag(std::get<1>(factors))));
    });
}

DSQ_API int32_t dsq_lstm(
    Handle input, Handle batch_sizes, Handle h0, Handle c0, const Handle* parameters, int32_t parameter_count,
    Flag has_biases, int64_t layers, double dropout, Flag training, Flag bidirectional, Flag batch_first,
    Handle* output,
    Handle* hn, Handle* cn) {
    *output = *hn = *cn = nullptr;
    return dsq::status([&] {
        const std::vector<at::Tensor> state{*h0, *c0};
        const auto weights = dsq::tensors(parameters, parameter_count);
        auto result = batch_sizes == nullptr
            ? at::lstm(*input, state, weights, has_biases, layers, dropout, training, bidirectional, batch_first)
            : at::lstm(*input, *batch_sizes, state, weights, has_biases, layers, dropout, training, bidirectional);
        *output = dsq::give(std::get<0>(result));
        *hn = dsq::give(std::get<1>(result));
        *cn = dsq::give(std::get<2>(result));
    });
}

DSQ_API int32_t dsq_gru(
    Handle input, Handle batch_sizes, Handle h0, const Handle* parameters, int32_t parameter_count, Flag has_biases,
    int64_t layers, double dropout, Flag training, Flag bidirectional, Flag batch_first, Handle* output, Handle* hn) {
    return dsq::pair(output, hn, [&] {
        const auto weights = dsq::tensors(parameters, parameter_count);
        return batch_sizes == nullptr
            ? at::gru(*input, *h0, weights, has_biases, layers, dropout, training, bidirectional, batch_first)
            : at::gru(*input, *batch_sizes, *h0, weights, has_biases, layers, dropout, training, bidirectional);
    });
}

/// Moves an RNN's CUDA weights into the one chunk that cuDNN wants; nothing elsewhere. Mode: 2 LSTM, 3 GRU.
DSQ_API int32_t dsq_flatten_rnn(
    const Handle* parameters, int32_t count, int64_t per_layer, int64_t input_size, int64_t mode, int64_t hidden_size,
    int64_t layers, Flag batch_first, Flag bidirectional) {
    return dsq::status([&] {
        const auto weights = dsq::tensors(parameters, count);
        if (weights.empty() || !weights[0].is_cuda() || !at::cudnn_is_acceptable(weights[0])) return;
        at::NoGradGuard guard;
        at::_cudnn_rnn_flatten_weight(
            weights, per_layer, input_size, mode, hidden_size, 0, layers, batch_first != 0, bidirectional != 0);
    });
}

/// Data, batch sizes, and (when the lengths need not be sorted) the order that sorts them and the one that undoes it.
DSQ_API int32_t dsq_pack_padded(
    Handle input, Handle lengths, Flag batch_first, Flag enforce_sorted, Handle* data, Handle* batch_sizes,
    Handle* sorted_indexes, Handle* unsorted_indexes) {
    *data = *batch_sizes = *sorted_indexes = *unsorted_indexes = nullptr;
    return dsq::status([&] {
        at::Tensor padded = *input, sizes = lengths->to(at::kCPU, at::kLong), order, inverse;
        if (!enforce_sorted) {
            std::tie(sizes, order) = at::sort(sizes, -1, true);
            order = order.to(padded.device());
            padded = padded.index_select(batch_first ? 0 : 1, order);
            inverse = at::empty_like(order).scatter_(0, order, at::arange(order.numel(), order.options()));
        }
        auto packed = at::_pack_padded_sequence(padded, sizes, batch_first != 0);
        *data = dsq::give(std::get<0>(packed));
        *batch_sizes = dsq::give(std::get<1>(packed));
        *sorted_indexes = dsq::give(order);
        *unsorted_indexes = dsq::give(inverse);
    });
}

/// Total length: -1 for the longest sequence's.
DSQ_API int32_t dsq_pad_packed(
    Handle data, Handle batch_sizes, Handle unsorted_indexes, Flag batch_first, double padding, int64_t total_length,
    Handle* padded, Handle* lengths) {
    return dsq::pair(padded, lengths, [&] {
        const int64_t longest = batch_sizes->size(0);
        TORCH_CHECK(
            total_length < 0 || total_length >= longest,
            "Expected total_length to be at least the length of the longest ",
            "sequence in input, but got total_length=", total_length, " and max sequence length being ", longest);
        auto result = at::_pad_packed_sequence(
            *data, *batch_sizes, batch_first != 0, padding, total_length < 0 ? longest : total_length);
        if (unsorted_indexes != nullptr) {
            auto& order = *unsorted_indexes;
            std::get<0>(result) = std::get<0>(result).index_select(batch_first ? 0 : 1, order);
            std::get<1>(result) = std::get<1>(result).index_select(0, order.cpu());
        }
        return result;
    });
}
