using static TorchSharp.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Other views of the same elements where that is possible, copies where not.
    public partial class Tensor
    {
        /// <summary>Never copies; one size may be -1. ExternalException where the strides do not allow it.</summary>
        public Tensor view(params long[] shape) => dsq_view(this, shape, shape.Length);

        public Tensor view_as(Tensor other) => view(other.shape);

        /// <summary>A view, or a copy where the strides do not allow one.</summary>
        public Tensor reshape(params long[] shape) => dsq_reshape(this, shape, shape.Length);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => dsq_flatten(this, start_dim, end_dim);

        public Tensor permute(params long[] permutation) => dsq_permute(this, permutation, permutation.Length);

        public Tensor permute(IEnumerable<long> permutation) => permute([.. permutation]);

        public Tensor transpose(long dim0, long dim1) => dsq_transpose(this, dim0, dim1);

        /// <summary>Of at most two dimensions, swapped.</summary>
        public Tensor t() => dsq_t(this);

        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) =>
            dsq_expand(this, sizes, sizes.Length, isImplicit);

        public Tensor expand(long[] sizes, bool isImplicit = false) => expand((ReadOnlySpan<long>)sizes, isImplicit);

        public Tensor expand(params long[] sizes) => expand((ReadOnlySpan<long>)sizes, false);

        public Tensor expand_as(Tensor other) => expand(other.shape);

        public Tensor repeat(params long[] sizes) => dsq_repeat(this, sizes, sizes.Length);

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            dsq_repeat_interleave(this, repeats, dim ?? long.MinValue);

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0L) =>
            dsq_as_strided(this, size, strides, size.Length, storageOffset);

        /// <summary>This, or a copy in row-major order.</summary>
        public Tensor contiguous() => dsq_contiguous(this);

        /// <summary>Without dimensions of size 1 (or without the given one, if its size is 1).</summary>
        public Tensor squeeze(long? dim = null) => dim is null ? dsq_squeeze(this) : dsq_squeeze_dim(this, dim.Value);

        public Tensor unsqueeze(long dim) => dsq_unsqueeze(this, dim);

        public Tensor unsqueeze_(long dim)
        {
            dsq_unsqueeze_(this, dim);
            return this;
        }

        public Tensor roll(long shifts, long? dims = null) => dims is null ? roll([shifts], []) : roll([shifts],
            [dims.Value]);

        public Tensor roll(long[] shifts, long[] dims) => roll((ReadOnlySpan<long>)shifts, dims);

        public Tensor roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default) =>
            dsq_roll(this, shifts, shifts.Length, dims, dims.Length);

        public Tensor flip(params long[] dims) => dsq_flip(this, dims, dims.Length);

        public Tensor tril(long diagonal = 0) => dsq_tril(this, diagonal);

        public Tensor triu(long diagonal = 0) => dsq_triu(this, diagonal);

        /// <summary>About equal parts, as views; the last may be smaller.</summary>
        public Tensor[] chunk(long chunks, long dim = 0L)
        {
            var results = new nint[Math.Max(chunks, 1)];
            dsq_chunk(this, chunks, dim, results, results.Length, out var count);
            return Wrap(results, count);
        }

        /// <summary>Parts of one size, as views; the last may be smaller.</summary>
        public Tensor[] split(long size, int dim = 0)
        {
            var results = new nint[size > 0 ? Math.Max(1, (this.size(dim) + size - 1) / size) : 1];
            dsq_split(this, size, dim, results, results.Length, out var count);
            return Wrap(results, count);
        }

        /// <summary>Parts of the given sizes, as views; the sizes add up to the dimension's.</summary>
        public Tensor[] split(long[] sizes, long dim = 0)
        {
            var results = new nint[sizes.Length];
            dsq_split_sizes(this, sizes, sizes.Length, dim, results, results.Length, out var count);
            return Wrap(results, count);
        }

        /// <summary>One view per index along a dimension.</summary>
        public Tensor[] unbind(long dimension = 0L)
        {
            var results = new nint[size((int)dimension)];
            dsq_unbind(this, dimension, results, results.Length, out var count);
            return Wrap(results, count);
        }

        private static Tensor[] Wrap(nint[] handles, int count)
        {
            var result = new Tensor[count];
            for (var i = 0; i < count; i++)
                result[i] = new Tensor(handles[i]);
            return result;
        }
    }
}
