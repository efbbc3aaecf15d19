using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using DistSeq2Seq.Model.Nn;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Training;

/// <summary>
/// What decides the last bits of a gradient besides configuration, corpus and seed. Replicas apply equal sums whoever computed what, so
/// equal digests cannot show that two workers compute differently: their descriptions are compared before they work together.
/// </summary>
public static partial class Arithmetic
{
    /// <summary>Sets the threads of matrix products in this process: of libtorch, and of OpenBLAS, which libtorch's setting does not govern.</summary>
    public static void UseThreads(int threads)
    {
        // OpenBLAS reads the environment when it is loaded, which is at the first tensor, and obeys its function afterwards.
        _ = SetEnvironment("OPENBLAS_NUM_THREADS", threads.ToString(CultureInfo.InvariantCulture), 1);
        set_num_threads(threads);
        if (TryFindInOpenBlas("openblas_set_num_threads", out var setThreads))
            SetThreads(setThreads, threads);
    }

    /// <summary>
    /// One line: libtorch's version, the layers' implementation and instruction set, OpenBLAS's kernels (which it chooses by the processor, or as
    /// OPENBLAS_CORETYPE says), the width of vectors, the threads.
    /// </summary>
    public static string Describe(int threads) => string.Create(CultureInfo.InvariantCulture,
        $"libtorch {__version__}, {FusedKernels.Describe()}, {DescribeProducts()}, {Vector<float>.Count} floats a vector, {threads} thread{(threads == 1 ? "" : "s")}, {RuntimeInformation.ProcessArchitecture}");

    private static unsafe string DescribeProducts() => TryFindInOpenBlas("openblas_get_corename", out var coreName)
        ? $"OpenBLAS for {Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)coreName)())}"
        : "no OpenBLAS";

    private static bool TryFindInOpenBlas(string name, out nint function)
    {
        function = 0;
        return NativeLibrary.TryLoad("libopenblas.so.0", out var library) && NativeLibrary.TryGetExport(library, name, out function);
    }

    private static unsafe void SetThreads(nint function, int threads) => ((delegate* unmanaged<int, void>)function)(threads);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
