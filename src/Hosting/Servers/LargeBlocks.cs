using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace DistSeq2Seq.Hosting.Servers;

/// <summary>
/// The server's transport buffers: blocks of 64 KiB instead of the usual 4, so that a chunk of gradient takes 8 receives and not
/// 128. Blocks are pinned and kept for the next connection.
/// </summary>
internal sealed class LargeBlocks : MemoryPool<byte>
{
    private const int BlockBytes = 64 * 1024;

    /// <summary>Most unused blocks that are kept: 16 MiB, which a connection may have on its way (its HTTP/2 window).</summary>
    private const int MostKept = 256;

    private readonly ConcurrentStack<byte[]> _free = [];
    private int _kept; // ConcurrentStack counts by walking

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockBytes;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        if (!_free.TryPop(out var array))
            return new Block(this, GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true));
        Interlocked.Decrement(ref _kept);
        return new Block(this, array);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _free.Clear();

    private void Return(byte[] array)
    {
        if (Interlocked.Increment(ref _kept) <= MostKept)
            _free.Push(array);
        else
            Interlocked.Decrement(ref _kept);
    }

    /// <summary>Makes the pools that the server asks for.</summary>
    internal sealed class Factory : IMemoryPoolFactory<byte>
    {
        /// <inheritdoc/>
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new LargeBlocks();
    }

    private sealed class Block(LargeBlocks pool, byte[] array) : IMemoryOwner<byte>
    {
        private byte[]? _array = array;

        public Memory<byte> Memory => _array ?? throw new ObjectDisposedException(nameof(Block));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is { } array)
                pool.Return(array);
        }
    }
}
