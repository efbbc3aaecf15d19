using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.Native.NativeLibraryResolver;

namespace TorchSharp.Native;

// The functions of native/binding/autograd.cpp.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial Flag dsq_requires_grad(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_set_requires_grad(Tensor self, Flag value);

    [LibraryImport(Library)]
    internal static partial Flag dsq_is_leaf(Tensor self);

    [LibraryImport(Library)]
    internal static partial nint dsq_grad(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_set_grad(Tensor self, Tensor? grad);

    [LibraryImport(Library)]
    internal static partial Status dsq_backward(
        Tensor self, Tensor? gradient, Flag retainGraph, Flag createGraph, nint[]? inputs, int inputCount);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_detach(Tensor self);

    [LibraryImport(Library)]
    internal static partial Status dsq_detach_(Tensor self);

    [LibraryImport(Library)]
    internal static partial Flag dsq_grad_enabled();

    [LibraryImport(Library)]
    internal static partial void dsq_set_grad_enabled(Flag enabled);
}
