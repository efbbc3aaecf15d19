using System.Buffers;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Grpc;

/// <summary>A handwritten method with marshallers of its own, as tensors travel.</summary>
public sealed class MarshallerTests
{
    [Theory]
    [InlineData("announced", 0)]
    [InlineData("announced", 1)]
    [InlineData("announced", 1_048_576)]
    [InlineData("collected", 0)]
    [InlineData("collected", 1_048_576)]
    [InlineData("array", 100_000)]
    public async Task Duplex_CustomMarshaller_BytesArriveUnchanged(string way, int length)
    {
        await using ProbeServer server = await StartAsync();
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);

        using AsyncDuplexStreamingCall<Blob, Blob> call =
            server.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(BlobService.Method, null, default);
        for (int i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(new Blob(way, bytes));
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal(way, call.ResponseStream.Current.Way);
            Assert.True(call.ResponseStream.Current.Bytes.AsSpan().SequenceEqual(bytes));
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Duplex_MarshallerThrows_CallFailsOnEitherSide()
    {
        await using ProbeServer server = await StartAsync();
        CallInvoker invoker = server.Channel.CreateCallInvoker();

        using AsyncDuplexStreamingCall<Blob, Blob> writing =
            invoker.AsyncDuplexStreamingCall(BlobService.Method, null, default);
        await Assert.ThrowsAsync<NotSupportedException>(() => writing.RequestStream.WriteAsync(new Blob("fail", [])));

        using AsyncDuplexStreamingCall<Blob, Blob> reading =
            invoker.AsyncDuplexStreamingCall(BlobService.Method, null, default);
        await reading.RequestStream.WriteAsync(new Blob("array", "refuse"u8.ToArray()));
        RpcException failed = await Assert.ThrowsAsync<RpcException>(() => reading.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Unknown, failed.StatusCode);
    }

    private static Task<ProbeServer> StartAsync() =>
        ProbeServer.StartAsync(map: application => application.MapGrpcService<BlobService>());

    /// <summary>Bytes, and the way in which a marshaller is to write them.</summary>
    public sealed record Blob(string Way, byte[] Bytes)
    {
        public static void Write(Blob blob, SerializationContext context)
        {
            byte[] head = [(byte)blob.Way[1]];
            switch (blob.Way)
            {
                case "array":
                    context.Complete([.. head, .. blob.Bytes]);
                    return;
                case "announced":
                    context.SetPayloadLength(1 + blob.Bytes.Length);
                    break;
                case "fail":
                    throw new NotSupportedException("cannot be written");
            }

            IBufferWriter<byte> writer = context.GetBufferWriter();
            writer.Write(head);
            writer.Write(blob.Bytes);
            context.Complete();
        }

        public static Blob Read(DeserializationContext context)
        {
            ReadOnlySequence<byte> payload = context.PayloadAsReadOnlySequence();
            Assert.Equal(context.PayloadLength, payload.Length);
            Assert.Equal(payload.ToArray(), context.PayloadAsNewBuffer());
            byte[] bytes = payload.Slice(1).ToArray();
            if (bytes.AsSpan().SequenceEqual("refuse"u8))
                throw new NotSupportedException("cannot be read");
            string way = (char)payload.FirstSpan[0] switch { 'r' => "array", 'n' => "announced", _ => "collected" };
            return new Blob(way, bytes);
        }
    }

    [BindServiceMethod(typeof(BlobService), nameof(BlobService.Bind))]
    public class BlobServiceBase
    {
        public virtual Task Mirror(
            IAsyncStreamReader<Blob> requests, IServerStreamWriter<Blob> responses, ServerCallContext context) =>
            throw new RpcException(new Status(StatusCode.Unimplemented, ""));
    }

    public sealed class BlobService : BlobServiceBase
    {
        public static readonly Method<Blob, Blob> Method = new(
            MethodType.DuplexStreaming, "engines.Blobs", nameof(Mirror),
            Marshallers.Create(Blob.Write, Blob.Read), Marshallers.Create(Blob.Write, Blob.Read));

        public static void Bind(ServiceBinderBase binder, BlobServiceBase? service) => binder.AddMethod(
            Method, service is null ? null : new DuplexStreamingServerMethod<Blob, Blob>(service.Mirror));

        public override async Task Mirror(
            IAsyncStreamReader<Blob> requests, IServerStreamWriter<Blob> responses, ServerCallContext context)
        {
            await foreach (Blob blob in requests.ReadAllAsync())
                await responses.WriteAsync(blob);
        }
    }
}
