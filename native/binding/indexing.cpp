// Picking, slicing and scattering.
#include "binding.h"

#include <ATen/TensorIndexing.h>

namespace {

/// One index as managed code describes it. Kind: 0 none (new axis), 1 number, 2 ellipsis, 3 boolean, 4 tensor, 5 slice.
/// An absent slice bound is INT64_MIN.
struct IndexArg {
    int64_t kind;
    int64_t start;
    int64_t stop;
    int64_t step;
    Handle tensor;
};

constexpr int64_t absent = INT64_MIN;

std::vector<at::indexing::TensorIndex> decode(const IndexArg* args, int32_t count) {
    std::vector<at::indexing::TensorIndex> result;
    result.reserve(static_cast<size_t>(count));
    for (int32_t i = 0; i < count; i++) {
        const IndexArg& arg = args[i];
        switch (arg.kind) {
            case 0: result.emplace_back(at::indexing::None); break;
            case 1: result.emplace_back(arg.start); break;
            case 2: result.emplace_back(at::indexing::Ellipsis); break;
            case 3: result.emplace_back(arg.start != 0); break;
            case 4: result.emplace_back(*arg.tensor); break;
            default: {
                const int64_t step = arg.step == absent ? 1 : arg.step;
                const int64_t start = arg.start == absent ? 0 : arg.start;
                const int64_t stop = arg.stop == absent ? INT64_MAX : arg.stop;
                result.emplace_back(at::indexing::Slice(start, stop, step));
            }
        }
    }
    return result;
}

}  // namespace

DSQ_API Handle dsq_index(Handle self, const IndexArg* args, int32_t count) {
    return dsq::tensor([&] { return self->index(decode(args, count)); });
}

DSQ_API int32_t dsq_index_put_(Handle self, const IndexArg* args, int32_t count, Handle value) {
    return dsq::status([&] { self->index_put_(decode(args, count), *value); });
}

DSQ_API int32_t dsq_index_put_scalar_(Handle self, const IndexArg* args, int32_t count, ScalarArg value) {
    return dsq::status([&] { self->index_put_(decode(args, count), dsq::scalar(value)); });
}

/// self[i][j]…, as a view.
DSQ_API Handle dsq_get(Handle self, const int64_t* indexes, int32_t count) {
    return dsq::tensor([&] {
        at::Tensor result = *self;
        for (int32_t i = 0; i < count; i++) result = result.select(0, indexes[i]);
        return result;
    });
}

DSQ_API Handle dsq_select(Handle self, int64_t dim, int64_t index) {
    return dsq::tensor([&] { return self->select(dim, index); });
}

DSQ_API Handle dsq_narrow(Handle self, int64_t dim, int64_t start, int64_t length) {
    return dsq::tensor([&] { return self->narrow(dim, start, length); });
}

DSQ_API Handle dsq_slice(Handle self, int64_t dim, int64_t start, int64_t finish, int64_t step) {
    return dsq::tensor([&] { return self->slice(dim, start, finish, step); });
}

DSQ_API Handle dsq_index_select(Handle self, int64_t dim, Handle index) {
    return dsq::tensor([&] { return self->index_select(dim, *index); });
}

DSQ_API Handle dsq_index_add(Handle self, int64_t dim, Handle index, Handle source, ScalarArg alpha) {
    return dsq::tensor([&] { return self->index_add(dim, *index, *source, dsq::scalar(alpha)); });
}

DSQ_API int32_t dsq_index_add_(Handle self, int64_t dim, Handle index, Handle source, ScalarArg alpha) {
    return dsq::status([&] { self->index_add_(dim, *index, *source, dsq::scalar(alpha)); });
}

DSQ_API int32_t dsq_index_copy_(Handle self, int64_t dim, Handle index, Handle source) {
    return dsq::status([&] { self->index_copy_(dim, *index, *source); });
}

DSQ_API int32_t dsq_index_fill_(Handle self, int64_t dim, Handle index, ScalarArg value) {
    return dsq::status([&] { self->index_fill_(dim, *index, dsq::scalar(value)); });
}

DSQ_API Handle dsq_gather(Handle self, int64_t dim, Handle index) {
    return dsq::tensor([&] { return self->gather(dim, *index); });
}

DSQ_API Handle dsq_scatter(Handle self, int64_t dim, Handle index, Handle source) {
    return dsq::tensor([&] { return self->scatter(dim, *index, *source); });
}

DSQ_API int32_t dsq_scatter_(Handle self, int64_t dim, Handle index, Handle source) {
    return dsq::status([&] { self->scatter_(dim, *index, *source); });
}

DSQ_API int32_t dsq_scatter_add_(Handle self, int64_t dim, Handle index, Handle source) {
    return dsq::status([&] { self->scatter_add_(dim, *index, *source); });
}
