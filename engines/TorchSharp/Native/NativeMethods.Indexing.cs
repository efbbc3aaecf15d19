using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.Native.NativeLibraryResolver;

namespace TorchSharp.Native;

// The functions of native/binding/indexing.cpp.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial Tensor dsq_index(Tensor self, IndexArg[] args, int count);

    [LibraryImport(Library)]
    internal static partial Status dsq_index_put_(Tensor self, IndexArg[] args, int count, Tensor value);

    [LibraryImport(Library)]
    internal static partial Status dsq_index_put_scalar_(Tensor self, IndexArg[] args, int count, Scalar value);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_get(Tensor self, ReadOnlySpan<long> indexes, int count);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_select(Tensor self, long dim, long index);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_narrow(Tensor self, long dim, long start, long length);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_slice(Tensor self, long dim, long start, long finish, long step);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_index_select(Tensor self, long dim, Tensor index);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_index_add(Tensor self, long dim, Tensor index, Tensor source, Scalar alpha);

    [LibraryImport(Library)]
    internal static partial Status dsq_index_add_(Tensor self, long dim, Tensor index, Tensor source, Scalar alpha);

    [LibraryImport(Library)]
    internal static partial Status dsq_index_copy_(Tensor self, long dim, Tensor index, Tensor source);

    [LibraryImport(Library)]
    internal static partial Status dsq_index_fill_(Tensor self, long dim, Tensor index, Scalar value);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_gather(Tensor self, long dim, Tensor index);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_scatter(Tensor self, long dim, Tensor index, Tensor source);

    [LibraryImport(Library)]
    internal static partial Status dsq_scatter_(Tensor self, long dim, Tensor index, Tensor source);

    [LibraryImport(Library)]
    internal static partial Status dsq_scatter_add_(Tensor self, long dim, Tensor index, Tensor source);
}
