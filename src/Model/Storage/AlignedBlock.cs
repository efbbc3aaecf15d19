using System.Runtime.InteropServices;

namespace DistSeq2Seq.Model.Storage;

/// <summary>
/// Collects bytes in memory that a disk can take as it is (O_DIRECT): the address and the length of what is written are
/// multiples of 4 KiB. Not safe for use by several threads at once.
/// </summary>
internal sealed unsafe class AlignedBlock : IDisposable
{
    /// <summary>Bytes of a full block: it stays in a core's cache between hashing and writing.</summary>
    public const int Bytes = 1 << 20;

    /// <summary>Largest alignment in bytes that disks and file systems in use require.</summary>
    private const int Alignment = 4096;

    private byte* _start = (byte*)NativeMemory.AlignedAlloc(Bytes, Alignment);
    private int _filled;

    /// <summary>Whether nothing is left to be written.</summary>
    public bool IsEmpty => _filled == 0;

    /// <summary>Whether nothing more can be taken.</summary>
    public bool IsFull => _filled == Bytes;

    /// <summary>The bytes taken, and zeros up to a multiple of the alignment.</summary>
    /// <exception cref="ObjectDisposedException">The memory is gone.</exception>
    public ReadOnlySpan<byte> Padded
    {
        get
        {
            var length = (_filled + Alignment - 1) / Alignment * Alignment;
            Memory[_filled..length].Clear();
            return Memory[..length];
        }
    }

    private Span<byte> Memory => _start is not null ? new(_start, Bytes) : throw new ObjectDisposedException(nameof(AlignedBlock));

    /// <summary>Copies as much as there is room for.</summary>
    /// <returns>How many bytes.</returns>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(bytes.Length, Bytes - _filled);
        bytes[..count].CopyTo(Memory[_filled..]);
        _filled += count;
        return count;
    }

    /// <summary>Begins the next block.</summary>
    public void Clear() => _filled = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
    }
}
