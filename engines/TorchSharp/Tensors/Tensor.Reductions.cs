using static TorchSharp.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Sums, extremes and sorting. Negative dimensions count from the end; keepdim leaves a reduced one at size 1.
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => dsq_sum(this, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) =>
            sum((ReadOnlySpan<long>)dim, keepdim, type);

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) =>
            dsq_sum_dims(this, dim, dim.Length, keepdim, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) =>
            sum([dim0, dim1], keepdim, type);

        public Tensor mean() => dsq_mean(this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            dsq_mean_dims(this, dimensions, dimensions.Length, keepdim, type);

        public Tensor prod(ScalarType? type = null) => dsq_prod(this, type);

        public Tensor std(bool unbiased = true) => dsq_std(this, unbiased);

        public Tensor var(bool unbiased = true) => dsq_var(this, unbiased);

        public Tensor max() => dsq_max(this);

        public Tensor max(Tensor other) => maximum(other);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false)
        {
            dsq_max_dim(this, dim, keepdim, out var values, out var indexes);
            return (values, indexes);
        }

        public Tensor min() => dsq_min(this);

        public Tensor min(Tensor other) => minimum(other);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false)
        {
            dsq_min_dim(this, dim, keepdim, out var values, out var indexes);
            return (values, indexes);
        }

        public Tensor amax(params long[] dims) => amax(dims, false);

        public Tensor amax(long[] dims, bool keepdim = false) => dsq_amax(this, dims, dims.Length, keepdim);

        public Tensor amin(params long[] dims) => amin(dims, false);

        public Tensor amin(long[] dims, bool keepdim = false) => dsq_amin(this, dims, dims.Length, keepdim);

        /// <summary>The place of the largest element, counted over the flattened tensor.</summary>
        public Tensor argmax() => dsq_argmax(this);

        public Tensor argmax(long dim, bool keepdim = false) => dsq_argmax_dim(this, dim, keepdim);

        public Tensor argmin() => dsq_argmin(this);

        public Tensor argmin(long dim, bool keepdim = false) => dsq_argmin_dim(this, dim, keepdim);

        /// <summary>The k largest (or smallest) elements and where they stood.</summary>
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
        {
            dsq_topk(this, k, dim, largest, sorted, out var values, out var indexes);
            return (values, indexes);
        }

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false)
        {
            dsq_sort(this, dim, descending, stable, out var values, out var indices);
            return (values, indices);
        }

        public Tensor argsort(long dim = -1, bool descending = false) => dsq_argsort(this, dim, descending);

        public Tensor cumsum(long dim, ScalarType? type = null) => dsq_cumsum(this, dim, type);

        public Tensor logsumexp(long dim, bool keepdim = false) => dsq_logsumexp(this, dim, keepdim);

        /// <summary>The p-norm of all elements.</summary>
        public Tensor norm(float p = 2.0f) => dsq_norm(this, p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2.0f) => dsq_norm_dim(this, dim, keepdim, p);

        public Tensor all() => dsq_all(this);

        public Tensor all(long dim, bool keepdim = false) => dsq_all_dim(this, dim, keepdim);

        public Tensor any() => dsq_any(this);

        public Tensor any(long dim, bool keepdim = false) => dsq_any_dim(this, dim, keepdim);
    }
}
