using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>
/// Dropout (Srivastava et al. 2014) for all places of a model. After <see cref="Seed"/>, masks are a function of the seed and of the
/// order in which the places are passed, and of nothing else.
/// </summary>
/// <param name="probability">Probability of dropping an activation, in [0, 1); those kept are divided by 1 - probability.</param>
/// <param name="variational">The same units of a sentence at every time step (Gal and Ghahramani 2016).</param>
internal sealed class Dropout(double probability, bool variational)
{
    private ulong _seed;
    private ulong _place;

    /// <summary>Whether any activation is ever dropped.</summary>
    public bool Drops => probability > 0;

    /// <summary>Begins a forward pass.</summary>
    public void Seed(ulong seed) => (_seed, _place) = (seed, 0);

    /// <summary>
    /// Runs a pass over several time steps one by one: the same places are passed at each, with the same masks where dropout is
    /// variational and further ones where it is not.
    /// </summary>
    /// <param name="steps">Time steps.</param>
    /// <param name="step">Passes the places of one step.</param>
    public void OverTime(long steps, Action<long> step)
    {
        var first = _place;
        for (var time = 0L; time < steps; time++)
        {
            if (variational)
                _place = first;
            step(time);
        }
    }

    /// <summary>Drops activations while training, else gives them back as they are.</summary>
    /// <param name="activations">[T, B, H].</param>
    /// <param name="training">Whether to drop any.</param>
    /// <remarks>The kernel draws four numbers at a time and stores no mask; libtorch's own generator draws one by one.</remarks>
    public Tensor Apply(Tensor activations, bool training)
    {
        if (!training || !Drops)
            return activations;
        var place = _place++;
        var (batch, units) = (activations.shape[1], activations.shape[2]);
        if (FusedKernels.SupportsDropout(activations))
            return FusedKernels.Dropout(activations, probability, _seed, place, period: variational ? batch * units : 0);

        manual_seed((long)(SeedMixer.Mix(_seed, place) & long.MaxValue));
        return variational
            ? activations * nn.functional.dropout(ones(1, batch, units, device: activations.device), probability, training: true)
            : nn.functional.dropout(activations, probability, training: true);
    }
}
