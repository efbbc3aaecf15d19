using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.Native.NativeLibraryResolver;

namespace TorchSharp.Native;

// The functions of native/binding/shape.cpp.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial Tensor dsq_flip(Tensor self, ReadOnlySpan<long> values, int count);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_permute(Tensor self, ReadOnlySpan<long> values, int count);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_repeat(Tensor self, ReadOnlySpan<long> values, int count);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_reshape(Tensor self, ReadOnlySpan<long> values, int count);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_view(Tensor self, ReadOnlySpan<long> values, int count);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_expand(Tensor self, ReadOnlySpan<long> sizes, int count, Flag @implicit);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_as_strided(
        Tensor self, ReadOnlySpan<long> sizes, ReadOnlySpan<long> strides, int count, long offset);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_flatten(Tensor self, long start, long end);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_transpose(Tensor self, long first, long second);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_t(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_contiguous(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_squeeze(Tensor self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_squeeze_dim(Tensor self, long dim);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_unsqueeze(Tensor self, long dim);

    [LibraryImport(Library)]
    internal static partial Status dsq_unsqueeze_(Tensor self, long dim);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_roll(
        Tensor self, ReadOnlySpan<long> shifts, int shiftCount, ReadOnlySpan<long> dims, int dimCount);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_tril(Tensor self, long diagonal);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_triu(Tensor self, long diagonal);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_repeat_interleave(Tensor self, long repeats, long dim);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_cat(nint[] handles, int count, long dim);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_stack(nint[] handles, int count, long dim);

    [LibraryImport(Library)]
    internal static partial Status dsq_chunk(
        Tensor self, long chunks, long dim, [Out] nint[] results, int capacity, out int count);

    [LibraryImport(Library)]
    internal static partial Status dsq_split(
        Tensor self, long size, long dim, [Out] nint[] results, int capacity, out int count);

    [LibraryImport(Library)]
    internal static partial Status dsq_split_sizes(
        Tensor self, ReadOnlySpan<long> sizes, int sizeCount, long dim, [Out] nint[] results, int capacity,
        out int count);

    [LibraryImport(Library)]
    internal static partial Status dsq_unbind(Tensor self, long dim, [Out] nint[] results, int capacity, out int count);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_to_type(Tensor self, TypeArg type, Flag copy, Flag nonBlocking);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_to_device(Tensor self, DeviceArg where, Flag copy, Flag nonBlocking);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_to_type_and_device(
        Tensor self, TypeArg type, DeviceArg where, Flag copy, Flag nonBlocking);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_clone(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_copy_(Tensor self, Tensor source, Flag nonBlocking);

    [LibraryImport(Library)]
    internal static partial Status dsq_set_(Tensor self, Tensor source);
}
