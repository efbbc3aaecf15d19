using System.Numerics;
using System.Runtime.InteropServices;

namespace DistSeq2Seq.Model.Training;

/// <summary>Stochastic gradient descent, with momentum as <c>torch.optim.SGD</c> has it (no dampening).</summary>
/// <param name="elements">P.</param>
/// <param name="momentum">What of the last update is kept; 0 for plain descent, which needs no state.</param>
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
        var rate = (float)learningRate;
        if (_momentum.Length == 0)
        {
            Descend(parameters, gradient, scale * rate);
            return;
        }

        var keep = (float)momentum;
        if (nesterov)
        {
            Elementwise.Run(new NesterovUpdate(keep, rate), parameters, gradient, scale, _momentum, []);
            return;
        }

        var momentumVectors = MemoryMarshal.Cast<float, Vector<float>>(_momentum.AsSpan());
        var gradientVectors = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        for (var i = 0; i < momentumVectors.Length; i++)
            momentumVectors[i] = (momentumVectors[i] * keep) + (gradientVectors[i] * scale);
        for (var i = momentumVectors.Length * Vector<float>.Count; i < _momentum.Length; i++)
            _momentum[i] = (_momentum[i] * keep) + (gradient[i] * scale);
        Descend(parameters, _momentum, rate);
    }

    private static void Descend(Span<float> parameters, ReadOnlySpan<float> direction, float rate)
    {
        var parameterVectors = MemoryMarshal.Cast<float, Vector<float>>(parameters);
        var directionVectors = MemoryMarshal.Cast<float, Vector<float>>(direction);
        for (var i = 0; i < parameterVectors.Length; i++)
            parameterVectors[i] -= directionVectors[i] * rate;
        for (var i = parameterVectors.Length * Vector<float>.Count; i < parameters.Length; i++)
            parameters[i] -= direction[i] * rate;
    }

    private readonly record struct NesterovUpdate(float Keep, float Rate) : IElementwiseUpdate
    {
        public Vector<float> Apply(Vector<float> parameters, Vector<float> gradient, ref Vector<float> momentum, ref Vector<float> none)
        {
            momentum = (momentum * Keep) + gradient;
            return parameters - ((gradient + (momentum * Keep)) * Rate);
        }
    }
}
