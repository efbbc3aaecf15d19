using System.Numerics;
using System.Runtime.InteropServices;

namespace DistSeq2Seq.Model.Training;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1), as <c>torch.optim.Adam</c> computes it; with weight decay, decoupled from the gradient, AdamW
/// (Loshchilov and Hutter 2019, algorithm 2), as <c>torch.optim.AdamW</c>.
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
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradient, float scale, double learningRate, long step)
    {
        var constants = new Constants(
            (float)beta1, (float)(1 - beta1), (float)beta2, (float)(1 - beta2),
            (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, step))), (float)epsilon,
            (float)(learningRate / (1 - Math.Pow(beta1, step))), scale, (float)(1 - (learningRate * weightDecay)));

        var parameterVectors = MemoryMarshal.Cast<float, Vector<float>>(parameters);
        var gradientVectors = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        var meanVectors = MemoryMarshal.Cast<float, Vector<float>>(_mean.AsSpan());
        var squareVectors = MemoryMarshal.Cast<float, Vector<float>>(_square.AsSpan());
        for (var i = 0; i < parameterVectors.Length; i++)
        {
            var g = gradientVectors[i] * constants.Scale;
            var mean = (meanVectors[i] * constants.Beta1) + (g * constants.OneMinusBeta1);
            var square = (squareVectors[i] * constants.Beta2) + (g * g * constants.OneMinusBeta2);
            meanVectors[i] = mean;
            squareVectors[i] = square;
            var root = (Vector.SquareRoot(square) * constants.InverseRootCorrection) + new Vector<float>(constants.Epsilon);
            // Without decay what is kept is exactly 1.
            parameterVectors[i] = (parameterVectors[i] * constants.Keep) - (mean * constants.StepSize / root);
        }

        for (var i = parameterVectors.Length * Vector<float>.Count; i < parameters.Length; i++)
        {
            var g = gradient[i] * constants.Scale;
            _mean[i] = (_mean[i] * constants.Beta1) + (g * constants.OneMinusBeta1);
            _square[i] = (_square[i] * constants.Beta2) + (g * g * constants.OneMinusBeta2);
            var root = (MathF.Sqrt(_square[i]) * constants.InverseRootCorrection) + constants.Epsilon;
            parameters[i] = (parameters[i] * constants.Keep) - (_mean[i] * constants.StepSize / root);
        }
    }

    private readonly record struct Constants(
        float Beta1, float OneMinusBeta1, float Beta2, float OneMinusBeta2, float InverseRootCorrection, float Epsilon, float StepSize, float Scale, float Keep);
}
