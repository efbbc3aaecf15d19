using System.Numerics;
using System.Runtime.InteropServices;

namespace DistSeq2Seq.Model.Training;

/// <summary>
/// The L2 norm of a flat gradient, summed in a fixed order: blocks in float32, then their sums in float64.
/// <c>TensorPrimitives.Norm</c> promises neither order nor precision.
/// </summary>
public static class GradientNorm
{
    /// <summary>Elements summed in float32 before the sum goes on in float64: few enough to lose no digits that matter.</summary>
    private const int BlockElements = 1024;

    /// <summary>The norm; NaN or infinite when an element is.</summary>
    public static double Of(ReadOnlySpan<float> gradient)
    {
        double total = 0;
        for (var start = 0; start < gradient.Length; start += BlockElements)
            total += SquareSum(gradient.Slice(start, Math.Min(BlockElements, gradient.Length - start)));
        return Math.Sqrt(total);
    }

    private static double SquareSum(ReadOnlySpan<float> block)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(block);
        var sums = Vector<float>.Zero;
        foreach (var vector in vectors)
            sums += vector * vector;
        double total = Vector.Sum(sums);
        foreach (var value in block[(vectors.Length * Vector<float>.Count)..])
            total += (double)value * value;
        return total;
    }
}
