using System.Numerics;

namespace DistSeq2Seq.Model.Training.Optimizers;

/// <summary>Stochastic gradient descent, with momentum as <c>torch.optim.SGD</c> has it (no dampening).</summary>
/// <param name="elements">P.</param>
/// <param name="momentum">Share of the last update that is kept; 0 for plain descent, which needs no state.</param>
/// <param name="nesterov">Look ahead along the momentum (Sutskever et al. 2013); needs momentum.</param>
public sealed class SgdOptimizer(int elements, double momentum, bool nesterov = false) : IOptimizer
{
    private readonly float[] _momentum = momentum > 0 ? new float[elements] : [];

    /// <inheritdoc/>
    public IReadOnlyList<string> SlotNames { get; } = momentum > 0 ? ["momentum_buffer"] : [];

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Slots => _momentum.Length > 0 ? [_momentum] : [];

    /// <inheritdoc/>
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradient, float scale, double learningRate, long step)
    {
        var (keep, rate) = ((float)momentum, (float)learningRate);
        if (_momentum.Length == 0)
            Elementwise.Run(new PlainUpdate(), parameters, gradient, scale * rate);
        else if (nesterov)
            Elementwise.Run(new NesterovUpdate(keep, rate), parameters, gradient, scale, _momentum);
        else
            Elementwise.Run(new MomentumUpdate(keep, rate), parameters, gradient, scale, _momentum);
    }

    /// <summary>The gradient is already multiplied by the rate.</summary>
    private readonly record struct PlainUpdate : IElementwiseUpdate
    {
        public Vector<float> Apply(Vector<float> parameters, Vector<float> gradient, SlotVectors slots) => parameters - gradient;
    }

    private readonly record struct MomentumUpdate(float Keep, float Rate) : IElementwiseUpdate
    {
        public Vector<float> Apply(Vector<float> parameters, Vector<float> gradient, SlotVectors slots)
        {
            ref var momentum = ref slots[0];
            momentum = (momentum * Keep) + gradient;
            return parameters - (momentum * Rate);
        }
    }

    private readonly record struct NesterovUpdate(float Keep, float Rate) : IElementwiseUpdate
    {
        public Vector<float> Apply(Vector<float> parameters, Vector<float> gradient, SlotVectors slots)
        {
            ref var momentum = ref slots[0];
            momentum = (momentum * Keep) + gradient;
            return parameters - ((gradient + (momentum * Keep)) * Rate);
        }
    }
}
