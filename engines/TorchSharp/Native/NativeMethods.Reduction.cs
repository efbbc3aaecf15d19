using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.Native.NativeLibraryResolver;

namespace TorchSharp.Native;

// The functions of native/binding/reduction.cpp.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial Tensor dsq_sum(Tensor self, TypeArg type);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_sum_dims(
        Tensor self, ReadOnlySpan<long> dims, int count, Flag keepdim, TypeArg type);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_mean(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_mean_dims(
        Tensor self, ReadOnlySpan<long> dims, int count, Flag keepdim, TypeArg type);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_prod(Tensor self, TypeArg type);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_std(Tensor self, Flag unbiased);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_var(Tensor self, Flag unbiased);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_max(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_min(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_max_dim(
        Tensor self, long dim, Flag keepdim, out Tensor values, out Tensor indexes);

    [LibraryImport(Library)]
    internal static partial Status dsq_min_dim(
        Tensor self, long dim, Flag keepdim, out Tensor values, out Tensor indexes);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_amax(Tensor self, ReadOnlySpan<long> dims, int count, Flag keepdim);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_amin(Tensor self, ReadOnlySpan<long> dims, int count, Flag keepdim);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_argmax(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_argmax_dim(Tensor self, long dim, Flag keepdim);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_argmin(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_argmin_dim(Tensor self, long dim, Flag keepdim);

    [LibraryImport(Library)]
    internal static partial Status dsq_topk(
        Tensor self, long k, long dim, Flag largest, Flag sorted, out Tensor values, out Tensor indexes);

    [LibraryImport(Library)]
    internal static partial Status dsq_sort(
        Tensor self, long dim, Flag descending, Flag stable, out Tensor values, out Tensor indexes);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_argsort(Tensor self, long dim, Flag descending);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_cumsum(Tensor self, long dim, TypeArg type);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_logsumexp(Tensor self, long dim, Flag keepdim);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_norm(Tensor self, float p);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_norm_dim(Tensor self, long dim, Flag keepdim, float p);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_all(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_all_dim(Tensor self, long dim, Flag keepdim);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_any(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_any_dim(Tensor self, long dim, Flag keepdim);
}
