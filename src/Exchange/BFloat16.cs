using System.Numerics;
using System.Runtime.InteropServices;

namespace DistSeq2Seq.Exchange;

/// <summary>
/// bfloat16: the upper half of a float32, so its range with 8 significant bits. Narrowing rounds to nearest, ties to even
/// (relative error at most 2^-8). Values that are too large become infinite, NaN stays NaN, subnormals are kept. .NET 10 has no such type.
/// </summary>
public static class BFloat16
{
    private const uint QuietBit = 0x0040_0000; // set in a NaN: without the lower half of its payload it could become infinity
    private const uint HalfLess = 0x7FFF;

    /// <summary>Rounds float32 values to bfloat16 bits.</summary>
    /// <param name="source">Any values.</param>
    /// <param name="destination">As long as <paramref name="source"/>.</param>
    public static void Narrow(ReadOnlySpan<float> source, Span<ushort> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, source.Length);
        var from = MemoryMarshal.Cast<float, Vector<uint>>(source);
        var to = MemoryMarshal.Cast<ushort, Vector<ushort>>(destination);
        for (var i = 0; i < to.Length; i++)
            to[i] = Vector.Narrow(UpperHalf(from[2 * i]), UpperHalf(from[(2 * i) + 1]));
        for (var i = to.Length * Vector<ushort>.Count; i < source.Length; i++)
            destination[i] = Narrow(source[i]);
    }

    /// <summary>Rounds one value.</summary>
    public static ushort Narrow(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((float.IsNaN(value) ? bits | QuietBit : bits + HalfLess + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Converts bfloat16 bits to float32 values, exactly.</summary>
    /// <param name="source">Any bits.</param>
    /// <param name="destination">As long as <paramref name="source"/>.</param>
    public static void Widen(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, source.Length);
        var from = MemoryMarshal.Cast<ushort, Vector<ushort>>(source);
        var to = MemoryMarshal.Cast<float, Vector<uint>>(destination);
        for (var i = 0; i < from.Length; i++)
        {
            Vector.Widen(from[i], out var low, out var high);
            to[2 * i] = low << 16;
            to[(2 * i) + 1] = high << 16;
        }

        for (var i = from.Length * Vector<ushort>.Count; i < source.Length; i++)
            destination[i] = Widen(source[i]);
    }

    /// <summary>The float32 value of bfloat16 bits.</summary>
    public static float Widen(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static Vector<uint> UpperHalf(Vector<uint> bits)
    {
        // NaN differs from itself
        var number = Vector.AsVectorUInt32(Vector.Equals(Vector.AsVectorSingle(bits), Vector.AsVectorSingle(bits)));
        var rounded = bits + new Vector<uint>(HalfLess) + ((bits >> 16) & Vector<uint>.One);
        return Vector.ConditionalSelect(number, rounded, bits | new Vector<uint>(QuietBit)) >> 16;
    }
}
