using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.Native.NativeLibraryResolver;

namespace TorchSharp.Native;

// The functions of native/binding/random.cpp.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial nint dsq_generator_default();

    [LibraryImport(Library)]
    internal static partial nint dsq_generator_new(ulong seed, DeviceArg where);

    [LibraryImport(Library)]
    internal static partial void dsq_generator_dispose(nint self);

    [LibraryImport(Library)]
    internal static partial Status dsq_generator_seed(nint self, long seed);

    [LibraryImport(Library)]
    internal static partial long dsq_generator_initial_seed(nint self);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_generator_get_state(nint self);

    [LibraryImport(Library)]
    internal static partial Status dsq_generator_set_state(nint self, Tensor state);

    [LibraryImport(Library)]
    internal static partial Status dsq_manual_seed(long seed);

    [LibraryImport(Library)]
    internal static partial Status dsq_fill_(Tensor self, Scalar value);

    [LibraryImport(Library)]
    internal static partial Status dsq_uniform_(Tensor self, double from, double to, nint generator);

    [LibraryImport(Library)]
    internal static partial Status dsq_normal_(Tensor self, double mean, double std, nint generator);

    [LibraryImport(Library)]
    internal static partial Status dsq_bernoulli_(Tensor self, double p, nint generator);

    [LibraryImport(Library)]
    internal static partial Status dsq_bernoulli_tensor_(Tensor self, Tensor p, nint generator);

    [LibraryImport(Library)]
    internal static partial Status dsq_exponential_(Tensor self, double lambda, nint generator);

    [LibraryImport(Library)]
    internal static partial Tensor dsq_multinomial(Tensor self, long samples, Flag replacement, nint generator);
}
