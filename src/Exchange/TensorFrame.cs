using System.Numerics;
using System.Runtime.InteropServices;
using DistSeq2Seq.Protocol.Exchange;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Exchange;

/// <summary>A piece of a flat float32 buffer on its way between processes; on the wire it is <c>TensorChunk</c> of exchange.proto.</summary>
/// <remarks>A received frame holds its payload in a pooled buffer: call <see cref="Release"/> once it has been used.</remarks>
public sealed class TensorFrame
{
    private readonly PooledFloats? _pooled;
    private readonly ReadOnlyMemory<float> _cells; // float32 numbers, or bfloat16 ones two to a cell

    /// <summary>Wraps float32 memory that stays as it is until the frame has been written.</summary>
    public TensorFrame(ReadOnlyMemory<float> numbers) => (_cells, Length) = (numbers, numbers.Length);

    /// <summary>Wraps a hold of pooled float32 numbers, which <see cref="Release"/> gives back.</summary>
    public TensorFrame(PooledFloats numbers)
        : this(numbers, numbers.Length, ElementType.Float32)
    {
    }

    /// <summary>Wraps a hold of pooled cells.</summary>
    /// <param name="cells">At least <see cref="CellsOf"/> of the two others.</param>
    /// <param name="length">Numbers.</param>
    /// <param name="type">How they lie in the cells.</param>
    public TensorFrame(PooledFloats cells, int length, ElementType type) =>
        (_pooled, _cells, Length, Type) = (cells, cells.Memory, length, type);

    private TensorFrame(TensorFrame header, PooledFloats? pooled, ReadOnlyMemory<float> cells, int length, ElementType type)
    {
        (_pooled, _cells, Length, Type) = (pooled, cells, length, type);
        (Generation, Step, Node, Offset, Section) = (header.Generation, header.Step, header.Node, header.Offset, header.Section);
        (SharedAt, SharedLength) = (header.SharedAt, header.SharedLength);
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

    /// <summary>How the numbers are written, in the frame or in shared memory.</summary>
    public ElementType Type { get; init; }

    /// <summary>The cell of the sender's shared segment from which the numbers lie; meaningful if <see cref="IsShared"/>.</summary>
    public long SharedAt { get; init; }

    /// <summary>How many numbers lie in the sender's shared segment; 0 when the payload travels with the frame.</summary>
    public int SharedLength { get; init; }

    /// <summary>Whether the numbers are (or were, see <see cref="Resolve"/>) in shared memory: then there is no checksum.</summary>
    public bool IsShared => SharedLength > 0;

    /// <summary>CRC-32C of the payload as it was sent.</summary>
    public uint Checksum { get; init; }

    /// <summary>Numbers of the payload; 0 while they are only in shared memory.</summary>
    public int Length { get; }

    /// <summary>The payload as on the wire: little-endian numbers of <see cref="Type"/>.</summary>
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(_cells.Span)[..(Length * SizeOf(Type))];

    /// <summary>The cells that <see cref="Bytes"/> fill.</summary>
    public ReadOnlySpan<float> Cells => _cells.Span[..CellsOf(Length, Type)];

    /// <summary>Bytes of one number.</summary>
    public static int SizeOf(ElementType type) => type == ElementType.Bfloat16 ? sizeof(ushort) : sizeof(float);

    /// <summary>Float32 cells that so many numbers take.</summary>
    public static int CellsOf(int length, ElementType type) => ((length * SizeOf(type)) + sizeof(float) - 1) / sizeof(float);

    /// <summary>The same frame with its numbers in it instead of in shared memory; null when they do not lie in the segment.</summary>
    /// <param name="segment">The sender's segment; null when it has none.</param>
    public TensorFrame? Resolve(SharedSegment? segment)
    {
        if (segment is null || SharedLength > PeerChannels.MaxMessageBytes / sizeof(float) || !segment.Contains(SharedAt, CellsOf(SharedLength, Type)))
            return null;
        var cells = PooledFloats.Rent(CellsOf(SharedLength, Type));
        segment.Read(SharedAt, cells.Span);
        return new TensorFrame(this, cells, cells.Memory, SharedLength, Type);
    }

    /// <summary>The same numbers in the type of the wire, rounded where it has fewer digits; this frame's hold passes on to the one returned.</summary>
    public TensorFrame Into(ElementType type)
    {
        if (type == Type)
            return this;
        if (type != ElementType.Bfloat16)
            throw new ArgumentOutOfRangeException(nameof(type), type, "only float32 is made into another type");
        var cells = PooledFloats.Rent(CellsOf(Length, type));
        BFloat16.Narrow(_cells.Span[..Length], MemoryMarshal.Cast<float, ushort>(cells.Span)[..Length]);
        Release();
        return new TensorFrame(this, cells, cells.Memory, Length, type);
    }

    /// <summary>The frame with its checksum; this frame's hold passes on to it.</summary>
    public TensorFrame Sealed() => new(this, _pooled, _cells, Length, Type) { Checksum = ChecksumOf(Bytes) };

    /// <summary>A frame that says where in shared memory the numbers have been put.</summary>
    /// <param name="at">First cell.</param>
    public TensorFrame LyingAt(long at) => new(this, null, default, 0, Type) { SharedAt = at, SharedLength = Length };

    /// <summary>Copies the numbers, as float32, to where they belong.</summary>
    /// <param name="destination">Of <see cref="Length"/>.</param>
    public void CopyTo(Span<float> destination)
    {
        if (Type == ElementType.Bfloat16)
            BFloat16.Widen(MemoryMarshal.Cast<byte, ushort>(Bytes), destination);
        else
            _cells.Span.CopyTo(destination);
    }

    /// <summary>Hands the frame's hold to the caller, as float32 numbers; a frame over foreign memory is copied.</summary>
    public PooledFloats TakeNumbers()
    {
        if (Type == ElementType.Float32 && _pooled is not null)
            return _pooled;
        var numbers = PooledFloats.Rent(Length);
        CopyTo(numbers.Span);
        Release();
        return numbers;
    }

    /// <summary>Adds a holder, who has to <see cref="Release"/> too.</summary>
    public TensorFrame Hold()
    {
        _pooled?.Hold();
        return this;
    }

    /// <summary>Gives a pooled payload back.</summary>
    public void Release() => _pooled?.Release();

    /// <summary>CRC-32C (Castagnoli) of the numbers' bytes.</summary>
    public static uint ChecksumOf(ReadOnlySpan<float> numbers) => ChecksumOf(MemoryMarshal.AsBytes(numbers));

    /// <summary>CRC-32C (Castagnoli).</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        var crc = uint.MaxValue;
        foreach (var word in words)
            crc = BitOperations.Crc32C(crc, word);
        foreach (var last in bytes[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, last);
        return ~crc;
    }
}
