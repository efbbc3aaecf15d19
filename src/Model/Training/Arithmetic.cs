using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Nn.Kernels;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Training;

/// <summary>
/// Describes what decides the last bits of a gradient besides configuration, corpus and seed. All replicas apply equal sums, so equal
/// digests cannot show that two workers compute differently. Workers therefore compare these descriptions before they work together.
/// </summary>
public static class Arithmetic
{
    /// <summary>Sets the threads of tensor operations and matrix products on this thread.</summary>
    public static void UseThreads(int threads)
    {
        MathLibrary.UseThreads(threads);
        set_num_threads(threads);
    }

    /// <summary>
    /// One line: libtorch's version, the layers' implementation and instruction set, MKL's version and mode, the width of vectors, the
    /// threads.
    /// </summary>
    public static string Describe(int threads) => string.Create(CultureInfo.InvariantCulture,
        $"libtorch {__version__}, {FusedKernels.Describe()}, {MathLibrary.Describe()}, {Vector<float>.Count} floats a vector, {threads} "
        + $"thread{(threads == 1 ? "" : "s")}, {RuntimeInformation.ProcessArchitecture}");
}
