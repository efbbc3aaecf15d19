using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DistSeq2Seq.Exchange;

/// <summary>
/// Leaves out of a payload what is zero, so that an embedding's gradient travels as the rows of the words that a batch has, and so
/// does the state of rows that no batch has had yet. A block is left out only if each of its bits is zero: what arrives is what was
/// sent, whatever the sums are of.
/// </summary>
internal static class ZeroBlocks
{
    /// <summary>Bytes of a block: rows of an embedding begin anywhere in a chunk, so little is sent beside them.</summary>
    public const int BlockBytes = 64;

    /// <summary>One block in so many has to be zero, else finding and closing gaps costs more than it saves.</summary>
    private const int WorthwhileShare = 16;

    /// <summary>Which blocks travel.</summary>
    /// <returns>A bit a block, from the lowest on; null where all blocks travel, because few are zero.</returns>
    public static byte[]? Find(ReadOnlySpan<byte> payload)
    {
        var blocks = MemoryMarshal.Cast<byte, Vector512<byte>>(payload);
        var zeros = 0;
        foreach (var block in blocks)
            zeros += block == Vector512<byte>.Zero ? 1 : 0;
        if (zeros == 0 || zeros < blocks.Length / WorthwhileShare)
            return null;

        var present = new byte[MaskBytes(payload.Length)];
        for (var i = 0; i < blocks.Length; i++)
        {
            if (blocks[i] != Vector512<byte>.Zero)
                present[i / 8] |= (byte)(1 << (i % 8));
        }

        if (blocks.Length * BlockBytes < payload.Length)
            present[blocks.Length / 8] |= (byte)(1 << (blocks.Length % 8)); // the rest, less than a block
        return present;
    }

    /// <summary>Bytes of the mask of a payload of so many bytes.</summary>
    public static int MaskBytes(int payload) => (Blocks(payload) + 7) / 8;

    /// <summary>Whether a mask has bits for blocks that a payload of so many bytes does not have.</summary>
    public static bool ReachesBeyond(ReadOnlySpan<byte> present, int payload) => Blocks(payload) % 8 is var used && used > 0
        && present[^1] >> used != 0;

    /// <summary>Bytes that travel of a payload.</summary>
    /// <param name="present">A bit a block.</param>
    /// <param name="payload">Bytes of all blocks.</param>
    public static int TravellingBytes(ReadOnlySpan<byte> present, int payload)
    {
        var count = 0;
        foreach (var bits in present)
            count += BitOperations.PopCount(bits);
        var last = Blocks(payload) - 1;
        return (count * BlockBytes) - (last >= 0 && IsPresent(present, last) ? ((last + 1) * BlockBytes) - payload : 0);
    }

    /// <summary>Writes the blocks that travel, one after the other.</summary>
    public static void Write(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> present, IBufferWriter<byte> writer)
    {
        foreach (var run in new Runs(present, payload.Length))
            writer.Write(payload[run]);
    }

    /// <summary>Puts the blocks that have travelled where they belong, and zeros elsewhere.</summary>
    /// <param name="travelled">As many bytes as <see cref="TravellingBytes"/> says.</param>
    /// <param name="present">A bit a block.</param>
    /// <param name="payload">Overwritten.</param>
    public static void Read(ReadOnlySequence<byte> travelled, ReadOnlySpan<byte> present, Span<byte> payload)
    {
        var reader = new SequenceReader<byte>(travelled);
        var end = 0;
        foreach (var run in new Runs(present, payload.Length))
        {
            payload[end..run.Start.Value].Clear();
            reader.TryCopyTo(payload[run]);
            reader.Advance(payload[run].Length);
            end = run.End.Value;
        }

        payload[end..].Clear();
    }

    private static int Blocks(int payload) => (payload + BlockBytes - 1) / BlockBytes;

    private static bool IsPresent(ReadOnlySpan<byte> present, int block) => (present[block / 8] >> (block % 8) & 1) != 0;

    /// <summary>Stretches of blocks that follow each other, as ranges of bytes.</summary>
    private ref struct Runs(ReadOnlySpan<byte> present, int payload)
    {
        private readonly ReadOnlySpan<byte> _present = present;
        private readonly int _blocks = Blocks(payload);
        private int _next;

        public Range Current { get; private set; }

        public readonly Runs GetEnumerator() => this;

        public bool MoveNext()
        {
            while (_next < _blocks && !IsPresent(_present, _next))
                _next++;
            if (_next == _blocks)
                return false;
            var first = _next;
            while (_next < _blocks && IsPresent(_present, _next))
                _next++;
            Current = (first * BlockBytes)..Math.Min(_next * BlockBytes, payload);
            return true;
        }
    }
}
