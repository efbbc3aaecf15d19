using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.Native.NativeLibraryResolver;

namespace TorchSharp.Native;

// The functions of native/binding/core.cpp.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint dsq_take_error();

    [LibraryImport(Library)]
    internal static partial void dsq_dispose(nint self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_alias(Tensor self);

    [LibraryImport(Library)]
    internal static partial long dsq_dim(Tensor self);

    [LibraryImport(Library)]
    internal static partial long dsq_numel(Tensor self);

    [LibraryImport(Library)]
    internal static partial long dsq_element_size(Tensor self);

    [LibraryImport(Library)]
    internal static partial int dsq_dtype(Tensor self);

    [LibraryImport(Library)]
    internal static partial int dsq_device_type(Tensor self);

    [LibraryImport(Library)]
    internal static partial int dsq_device_index(Tensor self);

    [LibraryImport(Library)]
    internal static partial Flag dsq_is_contiguous(Tensor self);

    [LibraryImport(Library)]
    internal static partial Flag dsq_is_same(Tensor self, Tensor other);

    [LibraryImport(Library)]
    internal static partial long dsq_storage_offset(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_size(Tensor self, long dim, out long size);

    [LibraryImport(Library)]
    internal static partial Status dsq_stride(Tensor self, long dim, out long stride);

    [LibraryImport(Library)]
    internal static partial void dsq_sizes(Tensor self, [Out] long[] sizes);

    [LibraryImport(Library)]
    internal static partial void dsq_strides(Tensor self, [Out] long[] strides);

    [LibraryImport(Library)]
    internal static partial Status dsq_data(Tensor self, out nint data);

    [LibraryImport(Library)]
    internal static partial Status dsq_item(Tensor self, out ScalarArg value);
}
