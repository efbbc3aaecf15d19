using System.Numerics;

namespace DistSeq2Seq.Model.Training.Optimizers;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1), as <c>torch.optim.Adam</c> computes it. With weight decay, which is decoupled from the
/// gradient, it is AdamW (Loshchilov and Hutter 2019, algorithm 2), as <c>torch.optim.AdamW</c> computes it.
/// </summary>
/// <param name="elements">P.</param>
/// <param name="beta1">Decay of the first moment.</param>
/// <param name="beta2">Decay of the second moment.</param>
/// <param name="epsilon">Added to the root of the second moment.</param>
/// <param name="weightDecay">Share of each parameter that a step takes away, times the learning rate.</param>
public sealed class AdamOptimizer(int elements, double beta1, double beta2, double epsilon, double weightDecay = 0) : IOptimizer
{
    private readonly float[] _mean = new float[elements];
    private readonly float[] _square = new float[elements];

    /// <inheritdoc/>
    public IReadOnlyList<string> SlotNames { get; } = ["exp_avg", "exp_avg_sq"];

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Slots => [_mean, _square];

    /// <inheritdoc/>
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradient, float scale, double learningRate, long step) => Elementwise.Run(
        new Update(
            (float)beta1, (float)(1 - beta1), (float)beta2, (float)(1 - beta2),
            (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step))), (float)epsilon,
            (float)(learningRate / (1 - Math.Pow(beta1, step))), (float)(1 - (learningRate * weightDecay))),
        parameters, gradient, scale, _mean, _square);

    /// <param name="Keep">Factor of the old parameters; exactly 1 without decay.</param>
    private readonly record struct Update(
        float Beta1, float OneMinusBeta1, float Beta2, float OneMinusBeta2, float InverseRootCorrection, float Epsilon,
        float StepSize, float Keep)
        : IElementwiseUpdate
    {
        public Vector<float> Apply(Vector<float> parameters, Vector<float> gradient, SlotVectors slots)
        {
            ref var mean = ref slots[0];
            ref var square = ref slots[1];
            mean = (mean * Beta1) + (gradient * OneMinusBeta1);
            square = (square * Beta2) + (gradient * gradient * OneMinusBeta2);
            var root = (Vector.SquareRoot(square) * InverseRootCorrection) + new Vector<float>(Epsilon);
            return (parameters * Keep) - (mean * StepSize / root);
        }
    }
}
