using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.Native.NativeLibraryResolver;

namespace TorchSharp.Native;

// The functions of native/binding/factories.cpp.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial Tensor dsq_empty(
        ReadOnlySpan<long> sizes, int count, TypeArg type, DeviceArg where, Flag requiresGrad);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_zeros(
        ReadOnlySpan<long> sizes, int count, TypeArg type, DeviceArg where, Flag requiresGrad);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_ones(
        ReadOnlySpan<long> sizes, int count, TypeArg type, DeviceArg where, Flag requiresGrad);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_full(
        ReadOnlySpan<long> sizes, int count, Scalar value, TypeArg type, DeviceArg where, Flag requiresGrad);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_rand(
        ReadOnlySpan<long> sizes, int count, nint generator, TypeArg type, DeviceArg where, Flag requiresGrad);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_randn(
        ReadOnlySpan<long> sizes, int count, nint generator, TypeArg type, DeviceArg where, Flag requiresGrad);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_arange(
        Scalar start, Scalar stop, Scalar step, TypeArg type, DeviceArg where, Flag requiresGrad);

    [LibraryImport(Library)]
    internal static unsafe partial Tensor dsq_from_memory(
        nint data, ReadOnlySpan<long> sizes, int count, TypeArg storedType, delegate* unmanaged<nint, void> release,
        nint context, TypeArg type, DeviceArg where, Flag requiresGrad);
}
