using System.Buffers;

namespace DistSeq2Seq.Exchange;

/// <summary>A rented float32 buffer shared by several readers; it goes back to the pool when the last of them lets go.</summary>
public sealed class PooledFloats
{
    /// <summary>
    /// Of the program's own: a whole gradient waits in chunks at once, more arrays than the shared pool keeps, and what it does not
    /// keep is allocated and cleared anew each step.
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
    /// <exception cref="ObjectDisposedException">Every holder has let go.</exception>
    public Span<float> Span => Array.AsSpan(0, Length);

    /// <summary>The elements, for asynchronous writers.</summary>
    public ReadOnlyMemory<float> Memory => Array.AsMemory(0, Length);

    private float[] Array => _array ?? throw new ObjectDisposedException(nameof(PooledFloats));

    /// <summary>Rents a buffer of uninitialised content, held once.</summary>
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

    /// <summary>Lets go of one hold.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0 && Interlocked.Exchange(ref _array, null) is { } array)
            Pool.Return(array);
    }
}
