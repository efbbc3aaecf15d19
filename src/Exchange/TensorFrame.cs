using System.Numerics;
using System.Runtime.InteropServices;
using DistSeq2Seq.Protocol.Exchange;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Exchange;

/// <summary>
/// A piece of a flat float32 buffer on its way between processes; on the wire it is <c>TensorChunk</c> of exchange.proto.
/// </summary>
/// <remarks>
/// The numbers are in the caller's memory, in a pooled buffer or in a shared segment. A received frame has a pooled buffer: call
/// <see cref="Release"/> once the frame has been used.
/// </remarks>
public sealed class TensorFrame
{
    private readonly PooledFloats? _pooled;
    private readonly ReadOnlyMemory<float> _cells; // a cell has one float32 number or two bfloat16 numbers
    private readonly SharedSegment? _segment; // holds the numbers instead of _cells

    /// <summary>Wraps float32 memory, which must not change until the frame has been written.</summary>
    public TensorFrame(ReadOnlyMemory<float> numbers) => (_cells, Length) = (numbers, numbers.Length);

    /// <summary>Wraps pooled float32 numbers and takes over the caller's hold, which <see cref="Release"/> gives back.</summary>
    public TensorFrame(PooledFloats numbers)
        : this(numbers, numbers.Length, ElementType.Float32)
    {
    }

    /// <summary>Wraps pooled cells and takes over the caller's hold.</summary>
    /// <param name="cells">At least as many cells as <see cref="CellsOf"/> gives for <paramref name="length"/> and
    /// <paramref name="type"/>.</param>
    /// <param name="length">Numbers in the cells.</param>
    /// <param name="type">Type of the numbers.</param>
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

    /// <summary>Step of the gradient or of the state.</summary>
    public long Step { get; init; }

    /// <summary>Node of the summation tree; the payload is the sum of its micro-batches.</summary>
    public TreeNode Node { get; init; }

    /// <summary>Position of the first element in the flat buffer.</summary>
    public long Offset { get; init; }

    /// <summary>In state transfer: 0 for the parameters, 1 and more for the optimizer's slots.</summary>
    public int Section { get; init; }

    /// <summary>Type of the numbers in the frame or in shared memory.</summary>
    public ElementType Type { get; init; }

    /// <summary>First cell of the numbers in the sender's shared segment; meaningful if <see cref="IsShared"/>.</summary>
    public long SharedAt { get; init; }

    /// <summary>Numbers in the sender's shared segment; 0 when the payload travels with the frame.</summary>
    public int SharedLength { get; init; }

    /// <summary>Whether the numbers are in shared memory; such a frame has no checksum.</summary>
    public bool IsShared => SharedLength > 0;

    /// <summary>CRC-32C of the numbers as they were sent.</summary>
    public uint Checksum { get; init; }

    /// <summary>Mask of the blocks of a sealed frame's payload that travel (see <see cref="ZeroBlocks"/>); null for all.</summary>
    internal byte[]? Present { get; private init; }

    /// <summary>Bytes of the payload that travel with a sealed frame.</summary>
    internal int TravellingBytes => Present is null ? Bytes.Length : ZeroBlocks.TravellingBytes(Present, Bytes.Length);

    /// <summary>Numbers of the payload; 0 for numbers in shared memory until <see cref="Resolve"/> has found their segment.</summary>
    public int Length { get; }

    /// <summary>The payload in its wire format: little-endian numbers of <see cref="Type"/>. A frame in shared memory has none.</summary>
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(_cells.Span)[..(Length * SizeOf(Type))];

    /// <summary>The cells that hold <see cref="Bytes"/>.</summary>
    public ReadOnlySpan<float> Cells => _cells.Span[..CellsOf(Length, Type)];

    /// <summary>Bytes of one number.</summary>
    public static int SizeOf(ElementType type) => type == ElementType.Bfloat16 ? sizeof(ushort) : sizeof(float);

    /// <summary>Float32 cells that <paramref name="length"/> numbers take.</summary>
    public static int CellsOf(int length, ElementType type) => ((length * SizeOf(type)) + sizeof(float) - 1) / sizeof(float);

    /// <summary>
    /// The same frame over its numbers in shared memory. It reads them at each access. Null where the numbers are not within the segment.
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
    /// Converts the numbers to the wire's type, with rounding if that type has fewer digits. The result takes over this frame's hold.
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

    /// <summary>
    /// The frame with its checksum and with the mask that leaves blocks of zeros out. The returned frame takes over this frame's hold.
    /// </summary>
    public TensorFrame Sealed() => new(this, _pooled, _cells, Length, Type)
    {
        Checksum = ChecksumOf(Bytes),
        Present = ZeroBlocks.Find(Bytes),
    };

    /// <summary>A frame without payload that names the place of the numbers in shared memory.</summary>
    /// <param name="at">First cell.</param>
    public TensorFrame LyingAt(long at) => new(this, null, default, 0, Type) { SharedAt = at, SharedLength = Length };

    /// <summary>Copies the numbers as float32.</summary>
    /// <param name="destination"><see cref="Length"/> elements.</param>
    /// <exception cref="ObjectDisposedException">The shared segment is gone.</exception>
    public void CopyTo(Span<float> destination)
    {
        using var cells = Open();
        if (Type == ElementType.Bfloat16)
            BFloat16.Widen(MemoryMarshal.Cast<float, ushort>(cells.Values)[..Length], destination);
        else
            cells.Values.CopyTo(destination);
    }

    /// <summary>Opens the cells for reading, in this frame's memory or in shared memory.</summary>
    /// <exception cref="ObjectDisposedException">The shared segment is gone.</exception>
    internal FloatView Open() => _segment is null ? new FloatView(Cells) : _segment.View(SharedAt, CellsOf(Length, Type));

    /// <summary>The numbers if they are float32 in a pooled buffer, which the exchange may overwrite; otherwise null.</summary>
    internal PooledFloats? OwnNumbers => Type == ElementType.Float32 ? _pooled : null;

    /// <summary>
    /// Passes the frame's hold to the caller, as float32 numbers. Numbers that are not float32 in a pooled buffer are copied into one.
    /// </summary>
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

    /// <summary>Removes a holder of the pooled payload; the last one returns the payload to the pool.</summary>
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
