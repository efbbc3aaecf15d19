// Sums, extremes, sorting.
#include "binding.h"

DSQ_API Handle dsq_sum(Handle self, int32_t type) {
    return dsq::tensor([&] { return self->sum(dsq::maybe_type(type)); });
}

DSQ_API Handle dsq_sum_dims(Handle self, const int64_t* dims, int32_t count, Flag keepdim, int32_t type) {
    return dsq::tensor([&] { return self->sum(dsq::ints(dims, count), keepdim != 0, dsq::maybe_type(type)); });
}

DSQ_API Handle dsq_mean(Handle self) {
    return dsq::tensor([&] { return self->mean(); });
}

DSQ_API Handle dsq_mean_dims(Handle self, const int64_t* dims, int32_t count, Flag keepdim, int32_t type) {
    return dsq::tensor([&] { return self->mean(dsq::ints(dims, count), keepdim != 0, dsq::maybe_type(type)); });
}

DSQ_API Handle dsq_prod(Handle self, int32_t type) {
    return dsq::tensor([&] { return self->prod(dsq::maybe_type(type)); });
}

DSQ_API Handle dsq_std(Handle self, Flag unbiased) {
    return dsq::tensor([&] { return self->std(unbiased != 0); });
}

DSQ_API Handle dsq_var(Handle self, Flag unbiased) {
    return dsq::tensor([&] { return self->var(unbiased != 0); });
}

DSQ_API Handle dsq_max(Handle self) {
    return dsq::tensor([&] { return self->max(); });
}

DSQ_API Handle dsq_min(Handle self) {
    return dsq::tensor([&] { return self->min(); });
}

DSQ_API int32_t dsq_max_dim(Handle self, int64_t dim, Flag keepdim, Handle* values, Handle* indexes) {
    return dsq::pair(values, indexes, [&] { return self->max(dim, keepdim != 0); });
}

DSQ_API int32_t dsq_min_dim(Handle self, int64_t dim, Flag keepdim, Handle* values, Handle* indexes) {
    return dsq::pair(values, indexes, [&] { return self->min(dim, keepdim != 0); });
}

DSQ_API Handle dsq_amax(Handle self, const int64_t* dims, int32_t count, Flag keepdim) {
    return dsq::tensor([&] { return self->amax(dsq::ints(dims, count), keepdim != 0); });
}

DSQ_API Handle dsq_amin(Handle self, const int64_t* dims, int32_t count, Flag keepdim) {
    return dsq::tensor([&] { return self->amin(dsq::ints(dims, count), keepdim != 0); });
}

DSQ_API Handle dsq_argmax(Handle self) {
    return dsq::tensor([&] { return self->argmax(); });
}

DSQ_API Handle dsq_argmax_dim(Handle self, int64_t dim, Flag keepdim) {
    return dsq::tensor([&] { return self->argmax(dim, keepdim != 0); });
}

DSQ_API Handle dsq_argmin(Handle self) {
    return dsq::tensor([&] { return self->argmin(); });
}

DSQ_API Handle dsq_argmin_dim(Handle self, int64_t dim, Flag keepdim) {
    return dsq::tensor([&] { return self->argmin(dim, keepdim != 0); });
}

DSQ_API int32_t dsq_topk(
    Handle self, int64_t k, int64_t dim, Flag largest, Flag sorted, Handle* values, Handle* indexes) {
    return dsq::pair(values, indexes, [&] { return self->topk(k, dim, largest != 0, sorted != 0); });
}

DSQ_API int32_t dsq_sort(Handle self, int64_t dim, Flag descending, Flag stable, Handle* values, Handle* indexes) {
    return dsq::pair(values, indexes, [&] { return self->sort(Maybe<bool>(stable != 0), dim, descending != 0); });
}

DSQ_API Handle dsq_argsort(Handle self, int64_t dim, Flag descending) {
    return dsq::tensor([&] { return self->argsort(dim, descending != 0); });
}

DSQ_API Handle dsq_cumsum(Handle self, int64_t dim, int32_t type) {
    return dsq::tensor([&] { return self->cumsum(dim, dsq::maybe_type(type)); });
}

DSQ_API Handle dsq_logsumexp(Handle self, int64_t dim, Flag keepdim) {
    return dsq::tensor([&] { return self->logsumexp(at::IntArrayRef(dim), keepdim != 0); });
}

DSQ_API Handle dsq_norm(Handle self, float p) {
    return dsq::tensor([&] { return self->norm(p); });
}

DSQ_API Handle dsq_norm_dim(Handle self, int64_t dim, Flag keepdim, float p) {
    return dsq::tensor([&] { return self->norm(Maybe<at::Scalar>(at::Scalar(p)), at::IntArrayRef(dim),
        keepdim != 0); });
}

DSQ_API Handle dsq_all(Handle self) {
    return dsq::tensor([&] { return self->all(); });
}

DSQ_API Handle dsq_all_dim(Handle self, int64_t dim, Flag keepdim) {
    return dsq::tensor([&] { return self->all(dim, keepdim != 0); });
}

DSQ_API Handle dsq_any(Handle self) {
    return dsq::tensor([&] { return self->any(); });
}

DSQ_API Handle dsq_any_dim(Handle self, int64_t dim, Flag keepdim) {
    return dsq::tensor([&] { return self->any(dim, keepdim != 0); });
}
