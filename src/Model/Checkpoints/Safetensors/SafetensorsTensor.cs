using System.Runtime.InteropServices;

namespace DistSeq2Seq.Model.Checkpoints.Safetensors;

/// <summary>Element types that this project reads and writes.</summary>
public enum TensorType
{
    /// <summary>IEEE 754 single precision, 4 bytes; <c>F32</c> in a file.</summary>
    Float32,

    /// <summary>Signed 64-bit integers; <c>I64</c> in a file.</summary>
    Int64,

    /// <summary>Signed 8-bit integers; <c>I8</c> in a file.</summary>
    Int8,
}

/// <summary>Names and sizes of <see cref="TensorType"/> in the file format.</summary>
internal static class TensorTypes
{
    public static int Size(this TensorType type) => type switch
    {
        TensorType.Float32 => sizeof(float),
        TensorType.Int64 => sizeof(long),
        _ => sizeof(sbyte),
    };

    public static string FileName(this TensorType type) => type switch
    {
        TensorType.Float32 => "F32",
        TensorType.Int64 => "I64",
        _ => "I8",
    };

    public static TensorType? FromFileName(string? name) => name switch
    {
        "F32" => TensorType.Float32,
        "I64" => TensorType.Int64,
        "I8" => TensorType.Int8,
        _ => null,
    };

    /// <summary>The product of the dimensions; 1 for a scalar's empty shape; null where it is negative or
    /// overflows.</summary>
    public static long? ElementCount(IEnumerable<long> shape)
    {
        long count = 1;
        bool zero = false, overflow = false;
        foreach (var dimension in shape)
        {
            if (dimension < 0)
                return null;
            if (dimension == 0)
                zero = true;
            else if (count > long.MaxValue / dimension)
                overflow = true;
            else
                count *= dimension;
        }
        return zero ? 0 : overflow ? null : count;
    }
}

/// <summary>A tensor that is about to be written: what its header says, and where its bytes come from.</summary>
public sealed class SafetensorsTensor
{
    /// <summary>Bytes copied at a time; small enough for a core's second-level cache, so that hashing the piece that
    /// was just copied costs no further trip to memory.</summary>
    internal const int PieceBytes = 256 * 1024;

    private readonly Action<Stream> _write;

    private SafetensorsTensor(string name, TensorType type, IReadOnlyList<long> shape, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name == SafetensorsHeader.MetadataKey)
            throw new ArgumentException($"a tensor cannot be named {name}: the format keeps that name", nameof(name));
        var count = TensorTypes.ElementCount(shape)
            ?? throw new ArgumentException(
                $"tensor {name}: shape [{string.Join(", ", shape)}] is not a size", nameof(shape));
        if (count > long.MaxValue / type.Size())
            throw new ArgumentException($"tensor {name}: {count} elements exceed a file's size", nameof(shape));
        Name = name;
        Type = type;
        Shape = [.. shape];
        ElementCount = count;
        _write = write;
    }

    /// <summary>The tensor's name, not empty.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public TensorType Type { get; }

    /// <summary>Dimensions, each 0 or more; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The product of the dimensions.</summary>
    public long ElementCount { get; }

    /// <summary>Bytes in the file.</summary>
    public long ByteCount => ElementCount * Type.Size();

    /// <summary>A float tensor that lies in <paramref name="buffer"/> from element <paramref name="offset"/>
    /// on.</summary>
    /// <exception cref="ArgumentException">The shape does not fit into the buffer there.</exception>
    public static SafetensorsTensor Floats(string name, IReadOnlyList<long> shape, FloatBuffer buffer, long offset = 0)
    {
        var count = TensorTypes.ElementCount(shape) ?? -1;
        if (offset < 0 || count > buffer.Length - offset)
        {
            throw new ArgumentException(
                $"tensor {name}: {count} elements from {offset} on do not fit into a buffer of {buffer.Length}",
                nameof(shape));
        }
        return new(name, TensorType.Float32, shape, output => WritePieces(output, buffer, offset, count, null));
    }

    /// <summary>A tensor of 64-bit integers.</summary>
    /// <exception cref="ArgumentException">The shape's size is not the number of values.</exception>
    public static SafetensorsTensor Integers(string name, IReadOnlyList<long> shape, ReadOnlyMemory<long> values)
    {
        if (TensorTypes.ElementCount(shape) != values.Length)
        {
            throw new ArgumentException(
                $"tensor {name}: shape [{string.Join(", ", shape)}] does not hold {values.Length} values",
                nameof(values));
        }
        return new(name, TensorType.Int64, shape, output => output.Write(MemoryMarshal.AsBytes(values.Span)));
    }

    /// <summary>A tensor whose little-endian bytes a callback writes when its turn comes; it must write exactly
    /// <see cref="ByteCount"/> of them.</summary>
    public static SafetensorsTensor Streamed(
        string name, TensorType type, IReadOnlyList<long> shape, Action<Stream> write) => new(name, type, shape, write);

    /// <summary>Writes floats piece by piece. Each piece is copied first, so that the bytes written and the bytes that
    /// <paramref name="observe"/> sees are the same even if another thread breaks the rule and changes the
    /// buffer.</summary>
    internal static void WritePieces(
        Stream output, FloatBuffer buffer, long offset, long count, Action<ReadOnlySpan<float>>? observe)
    {
        var piece = new float[(int)Math.Min(count, PieceBytes / sizeof(float))];
        for (long done = 0; done < count;)
        {
            var length = (int)Math.Min(count - done, piece.Length);
            var copy = piece.AsSpan(0, length);
            buffer.Slice(offset + done, length).CopyTo(copy);
            observe?.Invoke(copy);
            output.Write(MemoryMarshal.AsBytes((ReadOnlySpan<float>)copy));
            done += length;
        }
    }

    internal void WriteTo(Stream output) => _write(output);
}
