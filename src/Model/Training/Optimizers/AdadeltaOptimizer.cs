using System.Numerics;

namespace DistSeq2Seq.Model.Training.Optimizers;

/// <summary>
/// Adadelta (Zeiler 2012, algorithm 1), as <c>torch.optim.Adadelta</c> computes it: the paper's step, times a learning rate.
/// </summary>
/// <param name="elements">P.</param>
/// <param name="decay">Decay of both mean squares, PyTorch's rho.</param>
/// <param name="epsilon">Added to both mean squares before their roots are taken.</param>
public sealed class AdadeltaOptimizer(int elements, double decay, double epsilon) : IOptimizer
{
    private readonly float[] _delta = new float[elements];
    private readonly float[] _square = new float[elements];

    /// <inheritdoc/>
    public IReadOnlyList<string> SlotNames { get; } = ["acc_delta", "square_avg"];

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Slots => [_delta, _square];

    /// <inheritdoc/>
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradient, float scale, double learningRate, long step) => Elementwise.Run(
        new Update((float)decay, (float)(1 - decay), (float)epsilon, (float)learningRate), parameters, gradient, scale, _delta, _square);

    private readonly record struct Update(float Decay, float OneMinusDecay, float Epsilon, float Rate) : IElementwiseUpdate
    {
        public Vector<float> Apply(Vector<float> parameters, Vector<float> gradient, SlotVectors slots)
        {
            ref var delta = ref slots[0];
            ref var square = ref slots[1];
            var epsilon = new Vector<float>(Epsilon);
            square = (square * Decay) + (gradient * gradient * OneMinusDecay);
            var direction = Vector.SquareRoot(delta + epsilon) / Vector.SquareRoot(square + epsilon) * gradient;
            delta = (delta * Decay) + (direction * direction * OneMinusDecay);
            return parameters - (direction * Rate);
        }
    }
}
