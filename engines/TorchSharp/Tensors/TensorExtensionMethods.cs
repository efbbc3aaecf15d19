using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A tensor of one element as a number, and other small conveniences.</summary>
public static class TensorExtensionMethods
{
    /// <summary>The tensor as a Parameter; the tensor object itself is empty afterwards.</summary>
    public static Modules.Parameter AsParameter(this Tensor tensor) => new(tensor);

    public static Half ToHalf(this Tensor value) => value.ToScalar().ToHalf();

    public static float ToSingle(this Tensor value) => value.ToScalar().ToSingle();

    public static double ToDouble(this Tensor value) => value.ToScalar().ToDouble();

    public static sbyte ToSByte(this Tensor value) => value.ToScalar().ToSByte();

    public static byte ToByte(this Tensor value) => value.ToScalar().ToByte();

    public static short ToInt16(this Tensor value) => value.ToScalar().ToInt16();

    public static int ToInt32(this Tensor value) => value.ToScalar().ToInt32();

    public static long ToInt64(this Tensor value) => value.ToScalar().ToInt64();

    public static bool ToBoolean(this Tensor value) => value.ToScalar().ToBoolean();

    internal static nint[] ToHandleArray(this IEnumerable<Tensor> tensors) =>
        [.. tensors.Select(tensor => tensor.Handle)];

    /// <summary>Whether moving to an element type and device would copy.</summary>
    internal static bool ToWillCopy(this Tensor tensor, ScalarType dtype, Device device) =>
        tensor.dtype != dtype || tensor.device_type != device.type || tensor.device_index != device.index;
}
