using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DistSeq2Seq.Exchange;

/// <summary>
/// Leaves blocks of zeros out of a payload. Of an embedding's gradient only the rows of the batch's words travel; the state of rows that
/// no batch has used yet does not travel either. A block is left out only if all of its bits are zero, so the receiver gets exactly the
/// bits that the sender has.
/// </summary>
internal static class ZeroBlocks
{
    /// <summary>Bytes of a block. Blocks are small, so that few zeros travel where a row ends in the middle of a block.</summary>
    public const int BlockBytes = 64;

    /// <summary>One block in 16 has to be zero; with fewer, finding and closing the gaps costs more time than it saves.</summary>
    private const int WorthwhileShare = 16;

    /// <summary>Finds the blocks that travel.</summary>
    /// <returns>One bit for each block, lowest bit first; null where all blocks travel because too few are zero.</returns>
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

    /// <summary>Bytes of the mask for <paramref name="payload"/> bytes of payload.</summary>
    public static int MaskBytes(int payload) => (Blocks(payload) + 7) / 8;

    /// <summary>Whether a mask has bits for blocks beyond <paramref name="payload"/> bytes of payload.</summary>
    public static bool ReachesBeyond(ReadOnlySpan<byte> present, int payload) => Blocks(payload) % 8 is var used && used > 0
        && present[^1] >> used != 0;

    /// <summary>Bytes of the blocks that travel.</summary>
    /// <param name="present">One bit for each block.</param>
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

    /// <summary>Writes the blocks that have travelled to their places in the payload, and zeros to the other places.</summary>
    /// <param name="travelled">Exactly <see cref="TravellingBytes"/> bytes.</param>
    /// <param name="present">One bit for each block.</param>
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

    /// <summary>Runs of consecutive blocks that travel, as ranges of bytes.</summary>
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
