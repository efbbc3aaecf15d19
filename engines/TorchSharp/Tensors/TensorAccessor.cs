using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>Reads and writes the elements of a CPU tensor in row-major order, whatever its strides.</summary>
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly nint _data;
    private Tensor? _tensor;

    internal TensorAccessor(Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU)
            throw new InvalidOperationException(
                "Reading data from non-CPU memory is not supported. " +
                "Move or copy the tensor to the cpu before reading.");
        _data = tensor.DataPointer();
        _tensor = tensor;
    }

    /// <summary>The number of elements.</summary>
    public long Count => _tensor?.numel() ?? 0;

    public bool IsReadOnly => false;

    /// <summary>One index counts elements in row-major order; several are one per dimension.</summary>
    public unsafe T this[params long[] indices]
    {
        get => ((T*)_data)[indices.Length == 1 ? Offset(indices[0]) : Offset(indices)];
        set => ((T*)_data)[indices.Length == 1 ? Offset(indices[0]) : Offset(indices)] = value;
    }

    /// <summary>All elements in row-major order.</summary>
    public T[] ToArray()
    {
        var result = new T[Count];
        if (result.Length > 0)
            CopyTo(result);
        return result;
    }

    /// <summary>As many elements, from the given one on, as the array has room for.</summary>
    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var room = array[arrayIndex..];
        CheckStart(tensorIndex);
        var count = (int)Math.Min(room.Length, Count - tensorIndex);
        if (Held().is_contiguous())
        {
            unsafe
            {
                new ReadOnlySpan<T>((T*)_data + tensorIndex, count).CopyTo(room);
            }
            return;
        }
        for (var i = 0; i < count; i++)
            room[i] = this[tensorIndex + i];
    }

    /// <summary>Writes elements, from the given one on, until the array or the tensor ends.</summary>
    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var source = array[arrayIndex..];
        CheckStart(tensorIndex);
        var count = (int)Math.Min(source.Length, Count - tensorIndex);
        if (Held().is_contiguous())
        {
            unsafe
            {
                source[..count].CopyTo(new Span<T>((T*)_data + tensorIndex, count));
            }
            return;
        }
        for (var i = 0; i < count; i++)
            this[tensorIndex + i] = source[i];
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0, n = Count; i < n; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose() => _tensor = null;

    private Tensor Held() => _tensor ?? throw new ObjectDisposedException(nameof(TensorAccessor<T>));

    private void CheckStart(long tensorIndex)
    {
        if (tensorIndex < 0 || tensorIndex >= Count)
            throw new ArgumentOutOfRangeException(nameof(tensorIndex));
    }

    private long Offset(long index)
    {
        var tensor = Held();
        if (index < 0 || index >= Count)
            throw new IndexOutOfRangeException($"{index} in a collection of {Count} elements.");
        if (tensor.is_contiguous() || index == 0)
            return index;
        var shape = tensor.shape;
        var strides = tensor.stride();
        long result = 0;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            (index, var within) = Math.DivRem(index, shape[i]);
            result += within * strides[i];
        }
        return result;
    }

    private long Offset(long[] indices)
    {
        var tensor = Held();
        var shape = tensor.shape;
        var strides = tensor.stride();
        long result = 0;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            if (indices[i] < 0 || indices[i] >= shape[i])
                throw new IndexOutOfRangeException($"{indices[i]} >= {shape[i]} in dimension {i}.");
            result += indices[i] * strides[i];
        }
        return result;
    }
}
