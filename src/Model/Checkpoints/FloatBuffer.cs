namespace DistSeq2Seq.Model.Checkpoints;

/// <summary>
/// Reads a flat float32 buffer piece by piece. The buffer is in managed memory or in a tensor's storage. A buffer may be
/// longer than a span can be; a piece may not. The owner keeps the memory alive and unchanged while it is read.
/// </summary>
public abstract class FloatBuffer
{
    /// <summary>Elements, 0 or more.</summary>
    public abstract long Length { get; }

    /// <summary>The elements from <paramref name="start"/> on, <paramref name="count"/> of them, without a
    /// copy.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The piece does not lie within the buffer.</exception>
    public ReadOnlySpan<float> Slice(long start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - count);
        return SliceCore(start, count);
    }

    /// <summary>A view of managed memory.</summary>
    public static FloatBuffer Of(ReadOnlyMemory<float> memory) => new Managed(memory);

    /// <summary>A view of <paramref name="length"/> floats that begin at <paramref name="address"/>, as of a contiguous
    /// CPU tensor's data.</summary>
    /// <exception cref="ArgumentException">The address is null while the length is not 0, or the length is
    /// negative.</exception>
    public static FloatBuffer At(nint address, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (address == 0 && length > 0)
            throw new ArgumentException($"a buffer of {length} elements cannot be at address 0", nameof(address));
        return new Unmanaged(address, length);
    }

    private protected abstract ReadOnlySpan<float> SliceCore(long start, int count);

    private sealed class Managed(ReadOnlyMemory<float> memory) : FloatBuffer
    {
        public override long Length => memory.Length;

        private protected override ReadOnlySpan<float> SliceCore(long start, int count) =>
            memory.Span.Slice((int)start, count);
    }

    private sealed unsafe class Unmanaged(nint address, long length) : FloatBuffer
    {
        public override long Length => length;

        private protected override ReadOnlySpan<float> SliceCore(long start, int count) =>
            new((float*)address + start, count);
    }
}
