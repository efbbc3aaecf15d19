namespace DistSeq2Seq.Model.Nn.Kernels;

/// <summary>Tells which kernels this process computes with, to find out why it is slow.</summary>
public static class NativeKernels
{
    /// <summary>
    /// The vector instructions that the fused CPU kernels chose on this processor, as <c>avx2</c>; null where the kernels are not
    /// built, cannot be loaded or are switched off, and plain layers work instead.
    /// </summary>
    /// <exception cref="Exception">libtorch itself cannot be loaded; the loader's own exception.</exception>
    public static string? InstructionSet => FusedKernels.InstructionSet;
}
