using System.Runtime.InteropServices.Marshalling;
using TorchSharp.Native;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>
/// One number for libtorch: a double, a 64-bit integer or a boolean. Unlike the real package's, it owns nothing native;
/// disposing it does nothing.
/// </summary>
[NativeMarshalling(typeof(ScalarMarshaller))]
public sealed class Scalar : IDisposable
{
    private const long Floating = 0, Integer = 1, Boolean = 2;

    internal Scalar(ScalarArg value) => Value = value;

    internal ScalarArg Value { get; }

    /// <summary>The type libtorch gives the number: Float64, Int64 or Bool.</summary>
    public ScalarType Type => Value.Kind switch
    {
        Floating => ScalarType.Float64,
        Integer => ScalarType.Int64,
        _ => ScalarType.Bool,
    };

    public void Dispose()
    {
    }

    internal double AsDouble() => Value.Kind == Floating ? BitConverter.Int64BitsToDouble(Value.Bits) : Value.Bits;

    internal long AsInt64() => Value.Kind == Floating ? (long)BitConverter.Int64BitsToDouble(Value.Bits) : Value.Bits;

    private static Scalar Of(double value) => new(new ScalarArg(Floating, BitConverter.DoubleToInt64Bits(value)));

    private static Scalar Of(long value) => new(new ScalarArg(Integer, value));

    public static implicit operator Scalar(byte value) => Of((long)value);

    public static implicit operator Scalar(sbyte value) => Of((long)value);

    public static implicit operator Scalar(short value) => Of((long)value);

    public static implicit operator Scalar(int value) => Of((long)value);

    public static implicit operator Scalar(long value) => Of(value);

    public static implicit operator Scalar(Half value) => Of((double)value);

    public static implicit operator Scalar(float value) => Of((double)value);

    public static implicit operator Scalar(double value) => Of(value);

    public static implicit operator Scalar(bool value) => new(new ScalarArg(Boolean, value ? 1 : 0));
}

/// <summary>Numbers to scalars and back; conversions to a narrower type round or cut as C# casts do.</summary>
public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;

    public static Scalar ToScalar(this sbyte value) => value;

    public static Scalar ToScalar(this short value) => value;

    public static Scalar ToScalar(this int value) => value;

    public static Scalar ToScalar(this long value) => value;

    public static Scalar ToScalar(this float value) => value;

    public static Scalar ToScalar(this double value) => value;

    public static Scalar ToScalar(this bool value) => value;

    public static Scalar ToScalar(this Half value) => value;

    public static Half ToHalf(this Scalar value) => (Half)value.AsDouble();

    public static float ToSingle(this Scalar value) => (float)value.AsDouble();

    public static double ToDouble(this Scalar value) => value.AsDouble();

    public static sbyte ToSByte(this Scalar value) => (sbyte)value.AsInt64();

    public static byte ToByte(this Scalar value) => (byte)value.AsInt64();

    public static short ToInt16(this Scalar value) => (short)value.AsInt64();

    public static int ToInt32(this Scalar value) => (int)value.AsInt64();

    public static long ToInt64(this Scalar value) => value.AsInt64();

    public static bool ToBoolean(this Scalar value) => value.AsDouble() != 0;
}
