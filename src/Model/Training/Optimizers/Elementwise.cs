using System.Numerics;
using System.Runtime.InteropServices;

namespace DistSeq2Seq.Model.Training;

/// <summary>
/// What an optimizer does to each element by itself, written once: the rest of a buffer that fills no vector goes through the same
/// formula, so that no bit depends on where an element lies.
/// </summary>
internal interface IElementwiseUpdate
{
    /// <summary>The new parameters.</summary>
    /// <param name="parameters">The old ones.</param>
    /// <param name="gradient">Scaled.</param>
    /// <param name="first">State, changed in place.</param>
    /// <param name="second">Further state, changed in place; meaningless where the optimizer has none.</param>
    public Vector<float> Apply(Vector<float> parameters, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second);
}

/// <summary>
/// Runs a formula over flat buffers in one pass; calls of <c>TensorPrimitives</c> would go over memory once for each operation.
/// </summary>
internal static class Elementwise
{
    /// <summary>Changes parameters and state in place.</summary>
    /// <param name="update">The formula.</param>
    /// <param name="parameters">[P].</param>
    /// <param name="gradient">[P].</param>
    /// <param name="scale">What each element of the gradient is multiplied with first.</param>
    /// <param name="first">[P], or empty.</param>
    /// <param name="second">[P], or empty.</param>
    public static void Run<TUpdate>(TUpdate update, Span<float> parameters, ReadOnlySpan<float> gradient, float scale, Span<float> first, Span<float> second)
        where TUpdate : struct, IElementwiseUpdate
    {
        var width = Vector<float>.Count;
        var whole = parameters.Length - (parameters.Length % width);
        var parameterVectors = MemoryMarshal.Cast<float, Vector<float>>(parameters);
        var gradientVectors = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        var firstVectors = MemoryMarshal.Cast<float, Vector<float>>(first);
        var secondVectors = MemoryMarshal.Cast<float, Vector<float>>(second);
        Vector<float> none = default, nothing = default;
        for (var i = 0; i < parameterVectors.Length; i++)
        {
            parameterVectors[i] = update.Apply(parameterVectors[i], gradientVectors[i] * scale,
                ref (firstVectors.IsEmpty ? ref none : ref firstVectors[i]), ref (secondVectors.IsEmpty ? ref nothing : ref secondVectors[i]));
        }

        if (whole == parameters.Length)
            return;
        Vector<float> restOfFirst = Load(first), restOfSecond = Load(second);
        Store(update.Apply(Load(parameters), Load(gradient) * scale, ref restOfFirst, ref restOfSecond), parameters);
        Store(restOfFirst, first);
        Store(restOfSecond, second);

        Vector<float> Load(ReadOnlySpan<float> values)
        {
            Span<float> padded = stackalloc float[Vector<float>.Count];
            padded.Clear();
            if (!values.IsEmpty)
                values[whole..].CopyTo(padded);
            return new Vector<float>(padded);
        }

        void Store(Vector<float> vector, Span<float> values)
        {
            for (var i = whole; i < values.Length; i++)
                values[i] = vector[i - whole];
        }
    }
}
