// Views, joining and splitting, copies between devices and element types.
#include "binding.h"

#define SHAPED(name) \
    DSQ_API Handle dsq_##name(Handle self, const int64_t* values, int32_t count) { \
        return dsq::tensor([&] { return self->name(dsq::ints(values, count)); }); \
    }

SHAPED(flip)
SHAPED(permute)
SHAPED(repeat)
SHAPED(reshape)
SHAPED(view)

DSQ_API Handle dsq_expand(Handle self, const int64_t* sizes, int32_t count, Flag implicit) {
    return dsq::tensor([&] { return self->expand(dsq::ints(sizes, count), implicit != 0); });
}

DSQ_API Handle dsq_as_strided(Handle self, const int64_t* sizes, const int64_t* strides, int32_t count,
    int64_t offset) {
    return dsq::tensor([&] { return self->as_strided(dsq::ints(sizes, count), dsq::ints(strides, count), offset); });
}

DSQ_API Handle dsq_flatten(Handle self, int64_t start, int64_t end) {
    return dsq::tensor([&] { return self->flatten(start, end); });
}

DSQ_API Handle dsq_transpose(Handle self, int64_t first, int64_t second) {
    return dsq::tensor([&] { return self->transpose(first, second); });
}

DSQ_API Handle dsq_t(Handle self) {
    return dsq::tensor([&] { return self->t(); });
}

DSQ_API Handle dsq_contiguous(Handle self) {
    return dsq::tensor([&] { return self->contiguous(); });
}

DSQ_API Handle dsq_squeeze(Handle self) {
    return dsq::tensor([&] { return self->squeeze(); });
}

DSQ_API Handle dsq_squeeze_dim(Handle self, int64_t dim) {
    return dsq::tensor([&] { return self->squeeze(dim); });
}

DSQ_API Handle dsq_unsqueeze(Handle self, int64_t dim) {
    return dsq::tensor([&] { return self->unsqueeze(dim); });
}

DSQ_API int32_t dsq_unsqueeze_(Handle self, int64_t dim) {
    return dsq::status([&] { self->unsqueeze_(dim); });
}

DSQ_API Handle dsq_roll(
    Handle self, const int64_t* shifts, int32_t shift_count, const int64_t* dims, int32_t dim_count) {
    return dsq::tensor([&] { return self->roll(dsq::ints(shifts, shift_count), dsq::ints(dims, dim_count)); });
}

DSQ_API Handle dsq_tril(Handle self, int64_t diagonal) {
    return dsq::tensor([&] { return self->tril(diagonal); });
}

DSQ_API Handle dsq_triu(Handle self, int64_t diagonal) {
    return dsq::tensor([&] { return self->triu(diagonal); });
}

DSQ_API Handle dsq_repeat_interleave(Handle self, int64_t repeats, int64_t dim) {
    return dsq::tensor([&] {
        return self->repeat_interleave(repeats, dim == INT64_MIN ? Maybe<int64_t>() : Maybe<int64_t>(dim));
    });
}

DSQ_API Handle dsq_cat(const Handle* handles, int32_t count, int64_t dim) {
    return dsq::tensor([&] { return at::cat(dsq::tensors(handles, count), dim); });
}

DSQ_API Handle dsq_stack(const Handle* handles, int32_t count, int64_t dim) {
    return dsq::tensor([&] { return at::stack(dsq::tensors(handles, count), dim); });
}

DSQ_API int32_t dsq_chunk(Handle self, int64_t chunks, int64_t dim, Handle* results, int32_t capacity, int32_t* count) {
    return dsq::list(results, capacity, count, [&] { return self->chunk(chunks, dim); });
}

DSQ_API int32_t dsq_split(Handle self, int64_t size, int64_t dim, Handle* results, int32_t capacity, int32_t* count) {
    return dsq::list(results, capacity, count, [&] { return self->split(size, dim); });
}

DSQ_API int32_t dsq_split_sizes(
    Handle self, const int64_t* sizes, int32_t size_count, int64_t dim, Handle* results, int32_t capacity,
    int32_t* count) {
    return dsq::list(results, capacity, count, [&] { return self->split_with_sizes(dsq::ints(sizes, size_count),
        dim); });
}

DSQ_API int32_t dsq_unbind(Handle self, int64_t dim, Handle* results, int32_t capacity, int32_t* count) {
    return dsq::list(results, capacity, count, [&] { return self->unbind(dim); });
}

DSQ_API Handle dsq_to_type(Handle self, int32_t type, Flag copy, Flag non_blocking) {
    return dsq::tensor([&] { return self->to(static_cast<at::ScalarType>(type), non_blocking != 0, copy != 0); });
}

DSQ_API Handle dsq_to_device(Handle self, DeviceArg where, Flag copy, Flag non_blocking) {
    return dsq::tensor([&] {
        return self->to(self->options().device(dsq::device(where)), non_blocking != 0, copy != 0);
    });
}

DSQ_API Handle dsq_to_type_and_device(
    Handle self, int32_t type, DeviceArg where, Flag copy, Flag non_blocking) {
    return dsq::tensor([&] {
        return self->to(dsq::device(where), static_cast<at::ScalarType>(type), non_blocking != 0, copy != 0);
    });
}

DSQ_API Handle dsq_clone(Handle self) {
    return dsq::tensor([&] { return self->clone(); });
}

DSQ_API int32_t dsq_copy_(Handle self, Handle source, Flag non_blocking) {
    return dsq::status([&] { self->copy_(*source, non_blocking != 0); });
}

DSQ_API int32_t dsq_set_(Handle self, Handle source) {
    return dsq::status([&] { self->set_(*source); });
}
