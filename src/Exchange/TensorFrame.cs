using System.Numerics;
using System.Runtime.InteropServices;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Exchange;

/// <summary>A piece of a flat float32 buffer on its way between processes; on the wire it is <c>TensorChunk</c> of exchange.proto.</summary>
/// <remarks>A received frame holds its payload in a pooled buffer: call <see cref="Release"/> once it has been used.</remarks>
public sealed class TensorFrame
{
    private readonly PooledFloats? _pooled;

    /// <summary>Wraps memory that stays as it is until the frame has been written.</summary>
    public TensorFrame(ReadOnlyMemory<float> payload) => Payload = payload;

    /// <summary>Wraps a hold of a pooled buffer, which <see cref="Release"/> gives back.</summary>
    public TensorFrame(PooledFloats payload)
    {
        _pooled = payload;
        Payload = payload.Memory;
    }

    /// <summary>Fencing number of the membership that the frame belongs to; 0 for state transfer.</summary>
    public long Generation { get; init; }

    /// <summary>Step that the gradient is of, or that the state is at.</summary>
    public long Step { get; init; }

    /// <summary>Node of the summation tree that the payload is the sum of.</summary>
    public TreeNode Node { get; init; }

    /// <summary>First element, in the flat buffer.</summary>
    public long Offset { get; init; }

    /// <summary>State transfer: 0 for parameters, then the optimizer's slots.</summary>
    public int Section { get; init; }

    /// <summary>Where the numbers lie in the sender's shared segment; meaningful if <see cref="IsShared"/>.</summary>
    public long SharedAt { get; init; }

    /// <summary>How many numbers lie in the sender's shared segment; 0 when the payload travels with the frame.</summary>
    public int SharedLength { get; init; }

    /// <summary>Whether the numbers are (or were, see <see cref="Resolve"/>) in shared memory: then there is no checksum.</summary>
    public bool IsShared => SharedLength > 0;

    /// <summary>CRC-32C of the payload as it was sent.</summary>
    public uint Checksum { get; init; }

    /// <summary>The numbers, little-endian float32 on the wire.</summary>
    public ReadOnlyMemory<float> Payload { get; }

    /// <summary>The same frame with its numbers in it instead of in shared memory; null when they do not lie in the segment.</summary>
    /// <param name="segment">The sender's segment; null when it has none.</param>
    public TensorFrame? Resolve(SharedSegment? segment)
    {
        if (segment is null || !segment.Contains(SharedAt, SharedLength) || SharedLength > PeerChannels.MaxMessageBytes / sizeof(float))
            return null;
        var values = PooledFloats.Rent(SharedLength);
        segment.Read(SharedAt, values.Span);
        return new TensorFrame(values)
        {
            Generation = Generation,
            Step = Step,
            Node = Node,
            Offset = Offset,
            SharedAt = SharedAt,
            SharedLength = SharedLength,
        };
    }

    /// <summary>Hands the frame's hold of its payload to the caller; a frame over foreign memory is copied.</summary>
    public PooledFloats TakePayload() => _pooled ?? PooledFloats.Copy(Payload.Span);

    /// <summary>Gives a pooled payload back.</summary>
    public void Release() => _pooled?.Release();

    /// <summary>CRC-32C (Castagnoli) of the numbers' bytes.</summary>
    public static uint ChecksumOf(ReadOnlySpan<float> payload)
    {
        var bytes = MemoryMarshal.AsBytes(payload);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        var crc = uint.MaxValue;
        foreach (var word in words)
            crc = BitOperations.Crc32C(crc, word);
        foreach (var last in bytes[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, last);
        return ~crc;
    }
}
