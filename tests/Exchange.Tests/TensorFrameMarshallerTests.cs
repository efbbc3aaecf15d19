using System.Buffers;
using System.Runtime.InteropServices;
using DistSeq2Seq.Protocol.Exchange;
using DistSeq2Seq.Protocol.Plans;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace DistSeq2Seq.Exchange.Tests;

public class TensorFrameMarshallerTests
{
    private static readonly Arbitrary<TensorChunk> Chunks = (
        from numbers in Gen.Choose(0, int.MaxValue).ArrayOf(5)
        from wide in Gen.Choose(0, 1 << 20)
        from length in Gen.Choose(0, 300)
        select new TensorChunk
        {
            Generation = (long)numbers[0] * wide,
            Step = numbers[1],
            Level = numbers[2] % 13,
            Index = numbers[2],
            Offset = (long)numbers[3] * wide,
            Checksum = (uint)numbers[4] * 2u,
            Section = wide % 4,
            ElementType = (ElementType)(wide % 2),
            Payload = ByteString.CopyFrom(new TensorFrame(RandomFloats.Of(length, numbers[0])).Into((ElementType)(wide % 2)).Bytes),
        }).ToArbitrary();

    /// <summary>Rows of which many are zero, as in an embedding's gradient.</summary>
    private static readonly Arbitrary<float[]> PartlyZero = (
        from rows in Gen.Choose(0, 40)
        from width in Gen.Choose(1, 70)
        from left in Gen.Choose(0, 20)
        from seed in Gen.Choose(0, int.MaxValue)
        from touched in Gen.Choose(0, 4).ArrayOf(rows)
        select touched.SelectMany((t, row) => t == 0 ? RandomFloats.Of(width, seed ^ row) : new float[width]).Concat(new float[left])
        .ToArray()).ToArbitrary();

    [Fact]
    public void Serialize_AnyFrame_IsTheGeneratedMessagesBytes() =>
        Prop.ForAll(Chunks, chunk => Assert.Equal(chunk.ToByteArray(), Write(FrameOf(chunk)))).QuickCheckThrowOnFailure();

    [Fact]
    public void Deserialize_AnyGeneratedMessage_IsTheSameFrame() =>
        Prop.ForAll(Chunks, Gen.Choose(1, 64).ToArbitrary(), (chunk, segment) =>
        {
            var frame = Read(Segments(chunk.ToByteArray(), segment));
            Assert.Equal(
                (chunk.Generation, chunk.Step, chunk.Level, chunk.Index, chunk.Offset, chunk.Checksum, chunk.Section, chunk.ElementType),
                (frame.Generation, frame.Step, frame.Node.Level, frame.Node.Index, frame.Offset, frame.Checksum, frame.Section,
                    frame.Type));
            Assert.Equal(chunk.Payload.ToByteArray(), frame.Bytes.ToArray());
            frame.Release();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sealed_PayloadWithZeros_TravelsWithoutTheBlocksThatAreZero() =>
        Prop.ForAll(PartlyZero, Gen.Choose(1, 64).ToArbitrary(), (values, segment) =>
        {
            foreach (var type in Enum.GetValues<ElementType>())
            {
                var frame = new TensorFrame(values) { Generation = 1, Step = 2, Offset = 3 }.Into(type).Sealed();
                var message = Write(frame);
                Assert.Equal(WithoutZeroBlocks(frame).ToByteArray(), message);
                var read = Read(Segments(message, segment));
                Assert.Equal(frame.Bytes.ToArray(), read.Bytes.ToArray());
                Assert.Equal((frame.Length, frame.Type, TensorFrame.ChecksumOf(read.Bytes)), (read.Length, read.Type, read.Checksum));
                read.Release();
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sealed_NegativeZeros_Travel()
    {
        var values = Enumerable.Repeat(-0f, 64).ToArray();
        var read = Read(new ReadOnlySequence<byte>(Write(new TensorFrame(values).Sealed())));
        Assert.Equal(RandomFloats.Bits(values), RandomFloats.Bits(read.Cells));
    }

    [Fact]
    public void Sealed_FewZeros_TravelWithoutAMask()
    {
        var values = Enumerable.Repeat(1f, 64 * 16).ToArray();
        values.AsSpan(0, 16).Clear();
        Assert.Empty(TensorChunk.Parser.ParseFrom(Write(new TensorFrame(values).Sealed())).Present);
    }

    [Fact]
    public void Deserialize_UnknownFields_ArePassedOver()
    {
        byte[] unknown = [(20 << 3) & 0x7F | 0x80, 1, 5, 0xA9, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0xB2, 1, 2, 9, 9, 0xBD, 1, 1, 2, 3, 4];
        var message = new TensorChunk { Step = 7 }.ToByteArray();
        Assert.Equal(7, Read(new ReadOnlySequence<byte>([.. unknown, .. message])).Step);
        Assert.Equal(7, TensorChunk.Parser.ParseFrom([.. unknown, .. message]).Step); // the generated reader agrees that they are fields
    }

    [Theory]
    [InlineData(new byte[] { 0x08 }, "ends in the middle of a number")]
    [InlineData(new byte[] { 0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 }, "more than 64 bits")]
    [InlineData(new byte[] { 0x7A, 5, 1, 2, 3 }, "a field of 5 bytes in a message with 3 left")]
    [InlineData(new byte[] { 0x7A, 3, 1, 2, 3 }, "3 bytes is no whole number of float32")]
    [InlineData(new byte[] { 0x58, 1, 0x7A, 3, 1, 2, 3 }, "3 bytes is no whole number of bfloat16")]
    [InlineData(new byte[] { 0x58, 2 }, "element type 2")]
    [InlineData(new byte[] { 0x60, 8, 0x6A, 2, 1, 0, 0x7A, 1, 1 }, "a mask of 2 bytes for a payload of 32")]
    [InlineData(new byte[] { 0x60, 8, 0x6A, 1, 1, 0x7A, 1, 1 }, "1 bytes of blocks, of which the mask has 32")]
    [InlineData(new byte[] { 0x60, 8, 0x6A, 1, 3, 0x7A, 1, 1 }, "a mask of blocks beyond a payload of 32 bytes")]
    [InlineData(new byte[] { 0x6A, 1, 1, 0x7A, 1, 1 }, "blocks of a payload of 0 values")]
    [InlineData(new byte[] { 0x60, 255, 255, 255, 255, 7, 0x6A, 1, 1, 0x7A, 1, 1 }, "blocks of a payload of 2147483647 values")]
    [InlineData(new byte[] { 0x0B }, "wire type 3")]
    [InlineData(new byte[] { 0x0D, 1, 2 }, "ends in the middle of a field")]
    public void Deserialize_Malformed_SaysWhatIsWrong(byte[] bytes, string what)
    {
        var error = Assert.Throws<RpcException>(() => Read(new ReadOnlySequence<byte>(bytes)));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains(what, error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Checksum_OfTheStandardsExample_IsTheStandardsValue()
    {
        // RFC 3720, B.4: 32 bytes of zeros, of ones, and 0 to 31.
        Assert.Equal(0x8A9136AAu, TensorFrame.ChecksumOf(new float[8]));
        Assert.Equal(0x62A8AB43u, TensorFrame.ChecksumOf(MemoryMarshal.Cast<byte, float>(Enumerable.Repeat((byte)255, 32).ToArray())));
        Assert.Equal(0x46DD794Eu,
            TensorFrame.ChecksumOf(MemoryMarshal.Cast<byte, float>(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray())));
    }

    [Fact]
    public void Checksum_OddNumberOfElements_SeesEveryBit()
    {
        var values = RandomFloats.Of(5, 1);
        var before = TensorFrame.ChecksumOf(values);
        for (var bit = 0; bit < 5 * 32; bit++)
        {
            var bits = MemoryMarshal.Cast<float, uint>(values.AsSpan());
            bits[bit / 32] ^= 1u << (bit % 32);
            Assert.NotEqual(before, TensorFrame.ChecksumOf(values));
            bits[bit / 32] ^= 1u << (bit % 32);
        }
    }

    /// <summary>The message by its definition in exchange.proto.</summary>
    private static TensorChunk WithoutZeroBlocks(TensorFrame frame)
    {
        byte[][] blocks = [.. frame.Bytes.ToArray().Chunk(64)];
        bool[] travels = [.. blocks.Select(block => block.Length < 64 || block.Any(b => b != 0))];
        var chunk = new TensorChunk
        {
            Generation = frame.Generation,
            Step = frame.Step,
            Offset = frame.Offset,
            Checksum = frame.Checksum,
            ElementType = frame.Type,
            Payload = ByteString.CopyFrom(frame.Bytes),
        };
        if (travels.All(t => t) || travels.Count(t => !t) < frame.Bytes.Length / 64 / 16)
            return chunk;
        var present = new byte[(blocks.Length + 7) / 8];
        for (var i = 0; i < blocks.Length; i++)
            present[i / 8] += (byte)(travels[i] ? 1 << (i % 8) : 0);
        chunk.Length = frame.Length;
        chunk.Present = ByteString.CopyFrom(present);
        chunk.Payload = ByteString.CopyFrom([.. blocks.Where((_, i) => travels[i]).SelectMany(block => block)]);
        return chunk;
    }

    private static TensorFrame FrameOf(TensorChunk chunk) =>
        new(CellsOf(chunk), chunk.Payload.Length / TensorFrame.SizeOf(chunk.ElementType), chunk.ElementType)
        {
            Generation = chunk.Generation,
            Step = chunk.Step,
            Node = new TreeNode(chunk.Level, chunk.Index),
            Offset = chunk.Offset,
            Checksum = chunk.Checksum,
            Section = chunk.Section,
        };

    private static PooledFloats CellsOf(TensorChunk chunk)
    {
        var cells = PooledFloats.Rent((chunk.Payload.Length + 3) / 4);
        chunk.Payload.Span.CopyTo(MemoryMarshal.AsBytes(cells.Span));
        return cells;
    }

    private static byte[] Write(TensorFrame frame)
    {
        var context = new Writing();
        TensorFrameMarshaller.Instance.ContextualSerializer(frame, context);
        Assert.Equal(context.Length, context.Writer.WrittenCount);
        return context.Writer.WrittenSpan.ToArray();
    }

    private static TensorFrame Read(ReadOnlySequence<byte> bytes) => TensorFrameMarshaller.Instance.ContextualDeserializer(
        new Reading(bytes));

    /// <summary>The bytes as they may come from a socket: in pieces.</summary>
    private static ReadOnlySequence<byte> Segments(byte[] bytes, int size)
    {
        Segment? first = null, last = null;
        foreach (var piece in bytes.Chunk(size))
            last = first is null ? first = new Segment(piece, 0) : last!.Then(piece);
        return first is null ? default : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, long index) => (Memory, RunningIndex) = (bytes, index);

        public Segment Then(byte[] bytes)
        {
            var next = new Segment(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }

    private sealed class Writing : SerializationContext
    {
        public ArrayBufferWriter<byte> Writer { get; } = new();

        public int Length { get; private set; }

        public override void SetPayloadLength(int payloadLength) => Length = payloadLength;

        public override IBufferWriter<byte> GetBufferWriter() => Writer;

        public override void Complete()
        {
        }
    }

    private sealed class Reading(ReadOnlySequence<byte> bytes) : DeserializationContext
    {
        public override int PayloadLength => (int)bytes.Length;

        public override byte[] PayloadAsNewBuffer() => bytes.ToArray();

        public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => bytes;
    }
}
