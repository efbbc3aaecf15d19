using System.Buffers;

namespace DistSeq2Seq.Exchange;

/// <summary>A rented float32 buffer that several holders share. It goes back to the pool when the last holder releases it.</summary>
public sealed class PooledFloats
{
    /// <summary>
    /// Not the shared pool: the chunks of a whole gradient wait at once. They are more arrays than the shared pool keeps, and it would
    /// allocate and clear the others anew at each step.
    /// </summary>
    private static readonly ArrayPool<float> Pool = ArrayPool<float>.Create(PeerChannels.MaxMessageBytes / sizeof(float),
        maxArraysPerBucket: 4096);

    private float[]? _array;
    private int _holders = 1;

    private PooledFloats(float[] array, int length)
    {
        _array = array;
        Length = length;
    }

    /// <summary>Elements in use.</summary>
    public int Length { get; }

    /// <summary>The elements.</summary>
    /// <exception cref="ObjectDisposedException">Every holder has released the buffer.</exception>
    public Span<float> Span => Array.AsSpan(0, Length);

    /// <summary>The elements, for asynchronous writers.</summary>
    public ReadOnlyMemory<float> Memory => Array.AsMemory(0, Length);

    private float[] Array => _array ?? throw new ObjectDisposedException(nameof(PooledFloats));

    /// <summary>Rents a buffer with one holder; its content is not initialised.</summary>
    public static PooledFloats Rent(int length) => new(Pool.Rent(length), length);

    /// <summary>Rents a buffer that holds a copy of <paramref name="source"/>.</summary>
    public static PooledFloats Copy(ReadOnlySpan<float> source)
    {
        var copy = Rent(source.Length);
        source.CopyTo(copy.Span);
        return copy;
    }

    /// <summary>Adds a holder.</summary>
    public PooledFloats Hold()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    /// <summary>Removes a holder.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0 && Interlocked.Exchange(ref _array, null) is { } array)
            Pool.Return(array);
    }
}
