using System.Numerics;

namespace DistSeq2Seq.Model.Training.Optimizers;

/// <summary>
/// Adagrad (Duchi et al. 2011), as <c>torch.optim.Adagrad</c> computes it for dense gradients, without decay of the rate.
/// </summary>
/// <param name="elements">P.</param>
/// <param name="epsilon">Added to the root of the sum of squares.</param>
/// <param name="initial">Initial value of the sums of squares.</param>
public sealed class AdagradOptimizer(int elements, double epsilon, double initial) : IOptimizer
{
    private readonly float[] _sum = NewSum(elements, initial);

    /// <inheritdoc/>
    public IReadOnlyList<string> SlotNames { get; } = ["sum"];

    /// <inheritdoc/>
    public IReadOnlyList<float[]> Slots => [_sum];

    /// <inheritdoc/>
    public void Reset() => Array.Fill(_sum, (float)initial);

    /// <inheritdoc/>
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradient, float scale, double learningRate, long step) => Elementwise.Run(
        new Update((float)epsilon, (float)learningRate), parameters, gradient, scale, _sum);

    private static float[] NewSum(int elements, double initial)
    {
        var sum = new float[elements];
        Array.Fill(sum, (float)initial);
        return sum;
    }

    private readonly record struct Update(float Epsilon, float Rate) : IElementwiseUpdate
    {
        public Vector<float> Apply(Vector<float> parameters, Vector<float> gradient, SlotVectors slots)
        {
            ref var sum = ref slots[0];
            sum += gradient * gradient;
            return parameters - (gradient * Rate / (Vector.SquareRoot(sum) + new Vector<float>(Epsilon)));
        }
    }
}
