using System.Runtime.InteropServices;
using static TorchSharp.Native.NativeLibraryResolver;

namespace TorchSharp.Native;

// The functions of native/binding/runtime.cpp.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int dsq_get_num_threads();

    [LibraryImport(Library)]
    internal static partial int dsq_get_num_interop_threads();

    [LibraryImport(Library)]
    internal static partial Status dsq_set_num_threads(int count);

    [LibraryImport(Library)]
    internal static partial Status dsq_set_num_interop_threads(int count);

    [LibraryImport(Library)]
    internal static partial Flag dsq_cuda_is_available();

    [LibraryImport(Library)]
    internal static partial int dsq_cuda_device_count();

    [LibraryImport(Library)]
    internal static partial Status dsq_cuda_synchronize(long index);

    [LibraryImport(Library)]
    internal static partial Status dsq_cuda_manual_seed(ulong seed, Flag all);

    [LibraryImport(Library)]
    internal static partial nint dsq_torch_version();

    [LibraryImport(Library)]
    internal static partial Flag dsq_get_allow_tf32();

    [LibraryImport(Library)]
    internal static partial void dsq_set_allow_tf32(Flag value);
}
