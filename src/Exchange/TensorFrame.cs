using System.Numerics;
using System.Runtime.InteropServices;
using DistSeq2Seq.Protocol.Exchange;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Exchange;

/// <summary>
/// A piece of a flat float32 buffer on its way between processes; on the wire it is <c>TensorChunk</c> of exchange.proto.
/// </summary>
/// <remarks>
/// The numbers are in foreign memory, in a pooled buffer (a received frame's: call <see cref="Release"/> once it has been used) or in a
/// shared segment.
/// </remarks>
public sealed class TensorFrame
{
    private readonly PooledFloats? _pooled;
    private readonly ReadOnlyMemory<float> _cells; // float32 numbers, or bfloat16 ones two to a cell
    private readonly SharedSegment? _segment; // instead of _cells

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

    private TensorFrame(TensorFrame header, PooledFloats? pooled, ReadOnlyMemory<float> cells, int length, ElementType type,
        SharedSegment? segment = null)
    {
        _segment = segment;
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

    /// <summary>Whether the numbers are in shared memory: then there is no checksum.</summary>
    public bool IsShared => SharedLength > 0;

    /// <summary>CRC-32C of the numbers as they were sent.</summary>
    public uint Checksum { get; init; }

    /// <summary>Which blocks of a sealed frame's payload travel (see <see cref="ZeroBlocks"/>); null for all.</summary>
    internal byte[]? Present { get; private init; }

    /// <summary>Bytes of the payload that travel with a sealed frame.</summary>
    internal int TravellingBytes => Present is null ? Bytes.Length : ZeroBlocks.TravellingBytes(Present, Bytes.Length);

    /// <summary>Numbers of the payload; 0 while it is not known in which segment they lie (see <see cref="Resolve"/>).</summary>
    public int Length { get; }

    /// <summary>The payload as on the wire: little-endian numbers of <see cref="Type"/>. None of a frame in shared memory.</summary>
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(_cells.Span)[..(Length * SizeOf(Type))];

    /// <summary>The cells that <see cref="Bytes"/> fill.</summary>
    public ReadOnlySpan<float> Cells => _cells.Span[..CellsOf(Length, Type)];

    /// <summary>Bytes of one number.</summary>
    public static int SizeOf(ElementType type) => type == ElementType.Bfloat16 ? sizeof(ushort) : sizeof(float);

    /// <summary>Float32 cells that so many numbers take.</summary>
    public static int CellsOf(int length, ElementType type) => ((length * SizeOf(type)) + sizeof(float) - 1) / sizeof(float);

    /// <summary>
    /// The same frame over its numbers in shared memory, which it reads when they are asked for; null when they do not lie in the segment.
    /// </summary>
    /// <param name="segment">The sender's segment; null when it has none.</param>
    public TensorFrame? Resolve(SharedSegment? segment)
    {
        if (segment is null || SharedLength > PeerChannels.MaxMessageBytes / sizeof(float)
            || !segment.Contains(SharedAt, CellsOf(SharedLength, Type)))
            return null;
        return new TensorFrame(this, null, default, SharedLength, Type, segment);
    }

    /// <summary>
    /// The same numbers in the type of the wire, rounded where it has fewer digits; this frame's hold passes on to the one returned.
    /// </summary>
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

    /// <summary>The frame with its checksum, and without what is zero on the wire; this frame's hold passes on to it.</summary>
    public TensorFrame Sealed() => new(this, _pooled, _cells, Length, Type)
    {
        Checksum = ChecksumOf(Bytes),
        Present = ZeroBlocks.Find(Bytes),
    };

    /// <summary>A frame that says where in shared memory the numbers have been put.</summary>
    /// <param name="at">First cell.</param>
    public TensorFrame LyingAt(long at) => new(this, null, default, 0, Type) { SharedAt = at, SharedLength = Length };

    /// <summary>Copies the numbers, as float32, to where they belong.</summary>
    /// <param name="destination">Of <see cref="Length"/>.</param>
    /// <exception cref="ObjectDisposedException">The shared segment is gone.</exception>
    public void CopyTo(Span<float> destination)
    {
        using var cells = Open();
        if (Type == ElementType.Bfloat16)
            BFloat16.Widen(MemoryMarshal.Cast<float, ushort>(cells.Values)[..Length], destination);
        else
            cells.Values.CopyTo(destination);
    }

    /// <summary>The cells, wherever they are.</summary>
    /// <exception cref="ObjectDisposedException">The shared segment is gone.</exception>
    internal FloatView Open() => _segment is null ? new FloatView(Cells) : _segment.View(SharedAt, CellsOf(Length, Type));

    /// <summary>The float32 numbers if their buffer is the exchange's own, to be overwritten; else null.</summary>
    internal PooledFloats? OwnNumbers => Type == ElementType.Float32 ? _pooled : null;

    /// <summary>Hands the frame's hold to the caller, as float32 numbers; numbers in foreign or shared memory are copied.</summary>
    /// <exception cref="ObjectDisposedException">The shared segment is gone.</exception>
    public PooledFloats TakeNumbers()
    {
        if (OwnNumbers is { } own)
            return own;
        var numbers = PooledFloats.Rent(Length);
        CopyTo(numbers.Span);
        Release();
        return numbers;
    }

    /// <summary>Adds a holder, which has to call <see cref="Release"/> too.</summary>
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
