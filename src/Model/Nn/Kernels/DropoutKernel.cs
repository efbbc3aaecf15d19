using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Kernels;

/// <summary>
/// Dropout whose mask is a function of seed and stream alone, drawn again in the backward pass. One argument of any shape.
/// </summary>
/// <param name="probability">Probability of dropping an element.</param>
/// <param name="seed">Key of the generator.</param>
/// <param name="stream">Number that differs between calls with the same seed.</param>
/// <param name="period">Elements after which the mask repeats; 0 for never.</param>
internal sealed unsafe partial class DropoutKernel(double probability, ulong seed, ulong stream, long period) : Kernel
{
    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor> Forward(IReadOnlyList<Tensor> arguments, List<Tensor>? saved) => [Drop(arguments[0])];

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor?> Backward(IReadOnlyList<Tensor> saved, IReadOnlyList<Tensor> gradients,
        IReadOnlyList<bool> wanted) =>
        [Drop(gradients[0])];

    private Tensor Drop(Tensor values)
    {
        using var memory = new TensorMemory();
        var shape = values.shape;
        var dropped = memory.New(out var to, shape);
        FusedKernels.Check(ds2s_dropout(memory.Floats("what is dropped from", values, shape), to, values.numel(), probability, seed,
            stream, period));
        return dropped;
    }

    [LibraryImport(FusedKernels.Library)]
    private static partial int ds2s_dropout(float* x, float* output, long count, double probability, ulong seed, ulong stream, long period);
}
