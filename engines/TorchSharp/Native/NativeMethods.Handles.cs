using System.Runtime.InteropServices;
using static TorchSharp.Native.NativeLibraryResolver;

namespace TorchSharp.Native;

// Functions whose result becomes something other than a plain Tensor; the caller checks for errors.
internal static partial class NativeMethods
{
    [LibraryImport(Library, EntryPoint = "dsq_empty")]
    internal static partial nint EmptyHandle(
        ReadOnlySpan<long> sizes, int count, TypeArg type, DeviceArg where, Flag requiresGrad);
}
