using System.Buffers;

namespace Grpc.Core.Internal;

/// <summary>A growing buffer from the shared array pool. <see cref="Release"/> gives the memory back.</summary>
internal sealed class PooledBufferWriter : IBufferWriter<byte>
{
    private const int SmallestBuffer = 256;
    private byte[] _buffer = [];
    private int _written;

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _written);

    /// <summary>Starts anew with room for so many bytes.</summary>
    public void Start(int capacity)
    {
        Release();
        _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, SmallestBuffer));
    }

    /// <summary>Bytes already written, to be overwritten in place.</summary>
    public Span<byte> Range(int start, int length) => _buffer.AsSpan(0, _written).Slice(start, length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _written);
        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _buffer.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _buffer.AsSpan(_written);
    }

    public void Release()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _written = 0;
    }

    private void EnsureRoom(int sizeHint)
    {
        int needed = Math.Max(sizeHint, 1);
        if (_buffer.Length - _written >= needed)
            return;

        long doubled = Math.Min(2L * _buffer.Length, Array.MaxLength);
        int capacity = (int)Math.Max(checked(_written + needed), doubled);
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, SmallestBuffer));
        _buffer.AsSpan(0, _written).CopyTo(larger);
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
