using System.Buffers;
using System.Runtime.InteropServices;
using DistSeq2Seq.Protocol.Exchange;
using DistSeq2Seq.Protocol.Plans;
using Grpc.Core;

namespace DistSeq2Seq.Exchange;

/// <summary>
/// Writes and reads <see cref="TensorFrame"/> as the protobuf message <c>TensorChunk</c>, without the copy into a
/// <c>ByteString</c> that generated code makes (grpc-dotnet issue 1186): the payload goes straight from the gradient into the
/// transport's buffer, and straight from the received sequence into a pooled array.
/// </summary>
public static class TensorFrameMarshaller
{
    // Protobuf tags: field number << 3 | wire type (0 varint, 2 length-delimited, 5 fixed 32 bits).
    private const byte GenerationTag = 1 << 3, StepTag = 2 << 3, LevelTag = 4 << 3, IndexTag = 5 << 3,
        OffsetTag = 6 << 3, ChecksumTag = 7 << 3, SectionTag = 8 << 3, SharedAtTag = 9 << 3, SharedLengthTag = 10 << 3,
        TypeTag = 11 << 3, LengthTag = 12 << 3, PresentTag = (13 << 3) | 2, PayloadTag = (15 << 3) | 2;

    /// <summary>The marshaller for both directions of <see cref="ExchangeMethods"/>.</summary>
    public static Marshaller<TensorFrame> Instance { get; } = Marshallers.Create(Serialize, Deserialize);

    private static void Serialize(TensorFrame frame, SerializationContext context)
    {
        Span<byte> header = stackalloc byte[96], payloadHeader = stackalloc byte[8];
        ReadOnlySpan<byte> payload = frame.Bytes, present = frame.Present;
        var (used, payloadUsed, travelling) = (WriteHeader(frame, header), 0, frame.TravellingBytes);
        WriteField(header, ref used, PresentTag, (ulong)present.Length);
        WriteField(payloadHeader, ref payloadUsed, PayloadTag, (ulong)travelling); // an empty payload has no field, as in generated code
        context.SetPayloadLength(used + present.Length + payloadUsed + travelling);
        var writer = context.GetBufferWriter();
        writer.Write(header[..used]);
        writer.Write(present);
        writer.Write(payloadHeader[..payloadUsed]);
        if (present.IsEmpty)
            writer.Write(payload);
        else
            ZeroBlocks.Write(payload, present, writer);
        context.Complete();
    }

    private static int WriteHeader(TensorFrame frame, Span<byte> header)
    {
        var used = 0;
        WriteField(header, ref used, GenerationTag, (ulong)frame.Generation);
        WriteField(header, ref used, StepTag, (ulong)frame.Step);
        WriteField(header, ref used, LevelTag, (ulong)frame.Node.Level);
        WriteField(header, ref used, IndexTag, (ulong)frame.Node.Index);
        WriteField(header, ref used, OffsetTag, (ulong)frame.Offset);
        WriteField(header, ref used, ChecksumTag, frame.Checksum);
        WriteField(header, ref used, SectionTag, (ulong)frame.Section);
        WriteField(header, ref used, SharedAtTag, (ulong)frame.SharedAt);
        WriteField(header, ref used, SharedLengthTag, (ulong)frame.SharedLength);
        WriteField(header, ref used, TypeTag, (ulong)frame.Type);
        WriteField(header, ref used, LengthTag, frame.Present is null ? 0 : (ulong)frame.Length);
        return used;
    }

    private static void WriteField(Span<byte> header, ref int used, byte tag, ulong value)
    {
        if (value == 0)
            return;
        header[used++] = tag;
        WriteVarint(header, ref used, value);
    }

    private static void WriteVarint(Span<byte> header, ref int used, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            header[used++] = (byte)(value | 0x80);
        header[used++] = (byte)value;
    }

    private static TensorFrame Deserialize(DeserializationContext context)
    {
        var reader = new SequenceReader<byte>(context.PayloadAsReadOnlySequence());
        long generation = 0, step = 0, offset = 0, sharedAt = 0;
        int level = 0, index = 0, section = 0, sharedLength = 0, length = 0;
        uint checksum = 0;
        var type = ElementType.Float32;
        ReadOnlySequence<byte> payload = default, present = default;
        while (!reader.End)
        {
            var tag = ReadVarint(ref reader);
            switch (tag)
            {
                case GenerationTag: generation = (long)ReadVarint(ref reader); break;
                case StepTag: step = (long)ReadVarint(ref reader); break;
                case LevelTag: level = (int)ReadVarint(ref reader); break;
                case IndexTag: index = (int)ReadVarint(ref reader); break;
                case OffsetTag: offset = (long)ReadVarint(ref reader); break;
                case ChecksumTag: checksum = (uint)ReadVarint(ref reader); break;
                case SectionTag: section = (int)ReadVarint(ref reader); break;
                case SharedAtTag: sharedAt = (long)ReadVarint(ref reader); break;
                case SharedLengthTag: sharedLength = (int)ReadVarint(ref reader); break;
                case TypeTag: type = ReadType(ref reader); break;
                case LengthTag: length = (int)ReadVarint(ref reader); break;
                case PresentTag: present = ReadBytes(ref reader); break;
                case PayloadTag: payload = ReadBytes(ref reader); break;
                default: Skip(ref reader, tag); break;
            }
        }

        var cells = present.IsEmpty ? ReadCells(payload, type) : ReadBlocks(payload, present, length, type);
        return new TensorFrame(cells, present.IsEmpty ? (int)payload.Length / TensorFrame.SizeOf(type) : length, type)
        {
            Generation = generation,
            Step = step,
            Node = new TreeNode(level, index),
            Offset = offset,
            Section = section,
            Checksum = checksum,
            SharedAt = sharedAt,
            SharedLength = sharedLength,
        };
    }

    private static ElementType ReadType(ref SequenceReader<byte> reader)
    {
        var type = ReadVarint(ref reader);
        return type <= (ulong)ElementType.Bfloat16
            ? (ElementType)type
            : throw Malformed($"element type {type}, of which this program knows nothing");
    }

    private static PooledFloats ReadCells(ReadOnlySequence<byte> bytes, ElementType type)
    {
        if (bytes.Length % TensorFrame.SizeOf(type) != 0)
            throw Malformed($"a payload of {bytes.Length} bytes is no whole number of {type.ToString().ToLowerInvariant()} values");
        var cells = PooledFloats.Rent((int)((bytes.Length + sizeof(float) - 1) / sizeof(float)));
        bytes.CopyTo(MemoryMarshal.AsBytes(cells.Span));
        return cells;
    }

    private static PooledFloats ReadBlocks(ReadOnlySequence<byte> travelled, ReadOnlySequence<byte> mask, int length, ElementType type)
    {
        if (length <= 0 || length > PeerChannels.MaxMessageBytes / TensorFrame.SizeOf(type))
            throw Malformed($"blocks of a payload of {length} values");
        var bytes = length * TensorFrame.SizeOf(type);
        if (mask.Length != ZeroBlocks.MaskBytes(bytes))
            throw Malformed($"a mask of {mask.Length} bytes for a payload of {bytes}");
        Span<byte> present = stackalloc byte[(int)mask.Length];
        mask.CopyTo(present);
        if (ZeroBlocks.ReachesBeyond(present, bytes))
            throw Malformed($"a mask of blocks beyond a payload of {bytes} bytes");
        if (ZeroBlocks.TravellingBytes(present, bytes) is var expected && expected != travelled.Length)
            throw Malformed($"{travelled.Length} bytes of blocks, of which the mask has {expected}");
        var cells = PooledFloats.Rent(TensorFrame.CellsOf(length, type));
        ZeroBlocks.Read(travelled, present, MemoryMarshal.AsBytes(cells.Span)[..bytes]);
        return cells;
    }

    private static ReadOnlySequence<byte> ReadBytes(ref SequenceReader<byte> reader)
    {
        var length = ReadVarint(ref reader);
        if (length > (ulong)reader.Remaining)
            throw Malformed($"a field of {length} bytes in a message with {reader.Remaining} left");
        var bytes = reader.UnreadSequence.Slice(0, (long)length);
        reader.Advance((long)length);
        return bytes;
    }

    private static ulong ReadVarint(ref SequenceReader<byte> reader)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (!reader.TryRead(out var next))
                throw Malformed("it ends in the middle of a number");
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw Malformed("a number of more than 64 bits");
    }

    private static void Skip(ref SequenceReader<byte> reader, ulong tag)
    {
        switch (tag & 7)
        {
            case 0: ReadVarint(ref reader); break;
            case 1: Advance(ref reader, sizeof(ulong)); break;
            case 2: ReadBytes(ref reader); break;
            case 5: Advance(ref reader, sizeof(uint)); break;
            default: throw Malformed($"wire type {tag & 7}");
        }
    }

    private static void Advance(ref SequenceReader<byte> reader, int count)
    {
        if (reader.Remaining < count)
            throw Malformed("it ends in the middle of a field");
        reader.Advance(count);
    }

    private static RpcException Malformed(string what) =>
        new(new Status(StatusCode.InvalidArgument, $"not a TensorChunk: {what}"));
}
