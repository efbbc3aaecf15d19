using System.Numerics;
using System.Runtime.InteropServices;

namespace DistSeq2Seq.Model.Training;

/// <summary>
/// An exponential moving average of the parameters, which often translates better than the parameters (Polyak and Juditsky 1992; Marian's
/// exponential smoothing). Step s keeps the share min(decay, (s + 1) / (s + 10)) of the average, so that the first values are soon
/// forgotten.
/// </summary>
/// <param name="elements">P.</param>
/// <param name="decay">Largest share of the average that a step keeps, 0 or more and less than 1.</param>
public sealed class ParameterAverage(int elements, double decay)
{
    /// <summary>[P], in the layout's order.</summary>
    public float[] Values { get; } = GC.AllocateArray<float>(elements, pinned: true);

    /// <summary>Sets the average to parameters that no step has changed yet.</summary>
    public void Reset(ReadOnlySpan<float> parameters) => parameters.CopyTo(Values);

    /// <summary>Takes in the parameters after a step.</summary>
    /// <param name="parameters">[P].</param>
    /// <param name="step">Number of the step, the first is 1.</param>
    public void Update(ReadOnlySpan<float> parameters, long step)
    {
        var share = (float)(1 - Math.Min(decay, (step + 1.0) / (step + 10.0)));
        var averages = MemoryMarshal.Cast<float, Vector<float>>(Values.AsSpan());
        var latest = MemoryMarshal.Cast<float, Vector<float>>(parameters);
        // Not TensorPrimitives.Lerp, whose formula rounds differently.
        for (var i = 0; i < averages.Length; i++)
            averages[i] += (latest[i] - averages[i]) * share;
        for (var i = averages.Length * Vector<float>.Count; i < Values.Length; i++)
            Values[i] += (parameters[i] - Values[i]) * share;
    }
}
