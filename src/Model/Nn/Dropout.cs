using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>
/// Dropout (Srivastava et al. 2014) for all places of a model. After <see cref="Seed"/>, masks are a function of the seed and of
/// the order in which the places are passed, whatever ran before.
/// </summary>
/// <param name="probability">Of dropping an activation, 0 or more and less than 1; those kept are divided by 1 - probability.</param>
internal sealed class Dropout(double probability)
{
    private ulong _seed;
    private ulong _place;

    /// <summary>Begins a forward pass.</summary>
    public void Seed(ulong seed)
    {
        (_seed, _place) = (seed, 0);
        manual_seed((long)(seed & long.MaxValue)); // for where the kernel is not at hand
    }

    /// <summary>Drops activations while training, else gives them back as they are.</summary>
    /// <remarks>The kernel draws four numbers at a time and stores no mask; libtorch's own generator draws one by one.</remarks>
    public Tensor Apply(Tensor activations, bool training)
    {
        if (!training || probability == 0)
            return activations;
        return FusedKernels.Supports(activations)
            ? FusedKernels.Dropout(activations, probability, _seed, _place++)
            : nn.functional.dropout(activations, probability, training: true);
    }
}
