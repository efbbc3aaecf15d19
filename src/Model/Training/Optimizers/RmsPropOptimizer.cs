using System.Numerics;

namespace DistSeq2Seq.Model.Training.Optimizers;

/// <summary>RMSprop (Tieleman and Hinton 2012, lecture 6.5), as <c>torch.optim.RMSprop</c> computes it, not centred.</summary>
/// <param name="elements">P.</param>
/// <param name="decay">Decay of the mean square, PyTorch's alpha.</param>
/// <param name="epsilon">Added to the root of the mean square.</param>
/// <param name="momentum">Share of the last update that is kept; 0 for none, which needs no state.</param>
public sealed class RmsPropOptimizer(int elements, double decay, double epsilon, double momentum) : IOptimizer
{
    private readonly float[] _momentum = momentum > 0 ? new float[elements] : [];
    private readonly float[] _square = new float[elements];

    /// <inheritdoc/>
    public IReadOnlyList<string> SlotNames { get; } = momentum > 0 ? ["momentum_buffer", "square_avg"] : ["square_avg"];

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Slots => _momentum.Length > 0 ? [_momentum, _square] : [_square];

    /// <inheritdoc/>
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradient, float scale, double learningRate, long step) => Elementwise.Run(
        new Update((float)decay, (float)(1 - decay), (float)epsilon, (float)momentum, (float)learningRate),
        parameters, gradient, scale, _momentum.Length > 0 ? [_square, _momentum] : [_square]);

    private readonly record struct Update(float Decay, float OneMinusDecay, float Epsilon, float Momentum, float Rate) : IElementwiseUpdate
    {
        public Vector<float> Apply(Vector<float> parameters, Vector<float> gradient, SlotVectors slots)
        {
            ref var square = ref slots[0];
            square = (square * Decay) + (gradient * gradient * OneMinusDecay);
            var direction = gradient / (Vector.SquareRoot(square) + new Vector<float>(Epsilon));
            if (Momentum == 0)
                return parameters - (direction * Rate);
            ref var momentum = ref slots[1];
            momentum = (momentum * Momentum) + direction;
            return parameters - (momentum * Rate);
        }
    }
}
