using System.Runtime.InteropServices;
using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// Shares an array's memory (of any rank) where type and device allow it: the array is pinned until the last tensor
    /// on it is gone. With another type or device, the elements are copied.
    /// </summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device ?? CPU);

    public static Tensor from_array(
        Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false)
    {
        var shape = new long[rawArray.Rank];
        for (var i = 0; i < shape.Length; i++)
            shape[i] = rawArray.GetLongLength(i);
        return Shared(rawArray, 0, shape, dtype, device, requires_grad);
    }

    /// <summary>Shares part of an array's memory; offset and count in elements, a count of -1 for the rest.</summary>
    public static Tensor frombuffer(
        Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        var length = rawArray.LongLength;
        if (offset < 0 || offset >= length)
            throw new ArgumentException($"invalid value for 'offset': {offset}");
        if (count < 0)
            count = length - offset;
        if (count > length - offset)
            throw new IndexOutOfRangeException($"element count is too large: {count}");
        return Shared(rawArray, offset, [count], dtype, CPU, requires_grad);
    }

    private static Tensor Copied(
        Array array, ReadOnlySpan<long> shape, ScalarType? dtype, Device? device, bool requiresGrad)
    {
        long elements = 1;
        foreach (var size in shape)
            elements *= size;
        if (elements > array.LongLength)
            throw new ArgumentException(
                $"mismatched total size creating a tensor from an array: {elements} vs. {array.LongLength}");
        return Shared((Array)array.Clone(), 0, shape, dtype, device, requiresGrad);
    }

    private static unsafe Tensor Shared(
        Array array, long offset, ReadOnlySpan<long> shape, ScalarType? dtype, Device? device, bool requiresGrad)
    {
        var stored = ToScalarType(array.GetType().GetElementType()!);
        var where = InitializeDevice(device);
        var pin = GCHandle.Alloc(array, GCHandleType.Pinned);
        try
        {
            var data = pin.AddrOfPinnedObject() + (nint)(offset * ElementBytes(stored));
            return NativeMethods.dsq_from_memory(
                data, shape, shape.Length, stored, &Release, GCHandle.ToIntPtr(pin), dtype ?? stored, where,
                requiresGrad);
        }
        catch (ExternalException)
        {
            pin.Free();
            throw;
        }
    }

    [UnmanagedCallersOnly]
    private static void Release(nint pin) => GCHandle.FromIntPtr(pin).Free();

    private static int ElementBytes(ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        _ => 8,
    };
}
