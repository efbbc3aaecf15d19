using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DistSeq2Seq.Model.Training.Optimizers;

/// <summary>
/// An optimizer's update of each element by itself. Elements at the end of a buffer that fill no vector go through the same formula, so
/// no bit depends on an element's position.
/// </summary>
internal interface IElementwiseUpdate
{
    /// <summary>The new parameters.</summary>
    /// <param name="parameters">The old ones.</param>
    /// <param name="gradient">Scaled.</param>
    /// <param name="slots">The optimizer's state of the same elements, changed in place.</param>
    Vector<float> Apply(Vector<float> parameters, Vector<float> gradient, SlotVectors slots);
}

/// <summary>The vectors of all slots of an optimizer at one position.</summary>
/// <param name="slots">The slots, [P] each.</param>
/// <param name="start">Where the vector begins; it lies whole within each slot.</param>
internal readonly ref struct SlotVectors(ReadOnlySpan<float[]> slots, int start)
{
    private readonly ReadOnlySpan<float[]> _slots = slots;

    /// <summary>The vector of a slot, to be read and set.</summary>
    /// <param name="slot">Its place among the slots.</param>
    public ref Vector<float> this[int slot] => ref Unsafe.As<float, Vector<float>>(ref _slots[slot][start]);
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
    /// <param name="scale">Factor of each element of the gradient, applied first.</param>
    /// <param name="slots">As many as the formula uses, [P] each.</param>
    /// <exception cref="ArgumentException">The gradient or a slot is not as long as the parameters.</exception>
    public static void Run<TUpdate>(TUpdate update, Span<float> parameters, ReadOnlySpan<float> gradient, float scale,
        params ReadOnlySpan<float[]> slots)
        where TUpdate : struct, IElementwiseUpdate
    {
        RequireLength("the gradient", gradient.Length, parameters.Length);
        foreach (var slot in slots)
            RequireLength("a slot", slot.Length, parameters.Length);
        var width = Vector<float>.Count;
        var parameterVectors = MemoryMarshal.Cast<float, Vector<float>>(parameters);
        var gradientVectors = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        for (var i = 0; i < parameterVectors.Length; i++)
            parameterVectors[i] = update.Apply(parameterVectors[i], gradientVectors[i] * scale, new SlotVectors(slots, i * width));

        var whole = parameterVectors.Length * width;
        if (whole == parameters.Length)
            return;
        var rest = new float[slots.Length][];
        for (var slot = 0; slot < rest.Length; slot++)
            rest[slot] = Padded(slots[slot].AsSpan(whole));
        var last = Padded(parameters[whole..]);
        update.Apply(new Vector<float>(last), new Vector<float>(Padded(gradient[whole..])) * scale, new SlotVectors(rest, 0)).CopyTo(last);
        last.AsSpan(0, parameters.Length - whole).CopyTo(parameters[whole..]);
        for (var slot = 0; slot < rest.Length; slot++)
            rest[slot].AsSpan(0, parameters.Length - whole).CopyTo(slots[slot].AsSpan(whole));
    }

    private static float[] Padded(ReadOnlySpan<float> values)
    {
        var padded = new float[Vector<float>.Count];
        values.CopyTo(padded);
        return padded;
    }

    private static void RequireLength(string name, int length, int expected)
    {
        if (length != expected)
            throw new ArgumentException($"{name} has {length} elements, the parameters {expected}");
    }
}
