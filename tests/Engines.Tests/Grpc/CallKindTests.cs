using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Grpc;

/// <summary>The four kinds of calls, as generated code makes them.</summary>
public sealed class CallKindTests
{
    [Fact]
    public async Task Unary_Awaited_ReturnsResponseStatusAndTrailers()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        using AsyncUnaryCall<Answer> call = server.Client.SayAsync(new Ask { Text = "hello", Count = 3 });
        Answer answer = await call;

        Assert.Equal("hello", answer.Text);
        Assert.Equal([0, 1, 2], answer.Payload.ToByteArray());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.DoesNotContain(call.GetTrailers(), entry => entry.Key == "grpc-status");
    }

    [Fact]
    public async Task Unary_Blocking_ReturnsResponse()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        Answer answer = await Task.Run(() => server.Client.Say(new Ask { Text = "hello" }));

        Assert.Equal("hello", answer.Text);
    }

    [Fact]
    public async Task Unary_EmptyMessages_Travel()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        Assert.Equal(new Answer(), await server.Client.SayAsync(new Ask()));
    }

    [Fact]
    public async Task Unary_ManyAtOnce_EachGetsItsOwnResponse()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 300)
            .Select(i => server.Client.SayAsync(new Ask { Text = $"{i}", Count = i }).ResponseAsync));

        Assert.All(answers.Index(), pair => Assert.Equal($"{pair.Index}", pair.Item.Text));
        Assert.All(answers.Index(), pair => Assert.Equal(pair.Index, pair.Item.Payload.Length));
    }

    [Fact]
    public async Task ClientStreaming_SeveralRequests_OneResponse()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        using AsyncClientStreamingCall<Ask, Answer> call = server.Client.Collect();
        foreach (string text in new[] { "a", "b", "c" })
            await call.RequestStream.WriteAsync(new Ask { Text = text });
        await call.RequestStream.CompleteAsync();

        Assert.Equal("a,b,c", (await call).Text);
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new Ask()));
    }

    [Fact]
    public async Task ClientStreaming_ServerRefusesMidway_CallAndLaterWritesFailWithItsStatus()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        using AsyncClientStreamingCall<Ask, Answer> call = server.Client.Collect();
        await call.RequestStream.WriteAsync(new Ask { Text = "stop" });
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        RpcException write = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new Ask()));

        Assert.Equal(StatusCode.OutOfRange, refused.StatusCode);
        Assert.Equal(StatusCode.OutOfRange, write.StatusCode);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(5, "")]
    [InlineData(5, "buffer")]
    public async Task ServerStreaming_ReadAll_GivesEveryResponseAndTrailers(int count, string mode)
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        using AsyncServerStreamingCall<Answer> call = server.Client.Count(new Ask { Count = count, Text = mode });
        var numbers = new List<int>();
        await foreach (Answer answer in call.ResponseStream.ReadAllAsync())
            numbers.Add(answer.Number);

        Assert.Equal(Enumerable.Range(1, count), numbers);
        Assert.Equal($"{count}", call.GetTrailers().GetValue("counted"));
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task ServerStreaming_RefusedAfterResponses_ResponsesComeFirstThenTheStatus()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        using AsyncServerStreamingCall<Answer> call = server.Client.Count(new Ask { Count = 2, Text = "refuse" });
        Assert.True(await call.ResponseStream.MoveNext());
        Assert.True(await call.ResponseStream.MoveNext());
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Equal("no more numbers", refused.Status.Detail);
        Assert.Equal("2", refused.Trailers.GetValue("counted"));
        Assert.Equal(StatusCode.ResourceExhausted, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Duplex_Conversation_AnswersComeOneByOne()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        using AsyncDuplexStreamingCall<Ask, Answer> call = server.Client.Echo();
        for (int i = 0; i < 10; i++)
        {
            await call.RequestStream.WriteAsync(new Ask { Text = $"{i}" });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Duplex_LargeMessagesBothWaysAtOnce_ArriveInOrderAndIntact()
    {
        const int Messages = 100;
        await using ProbeServer server = await ProbeServer.StartAsync();
        byte[] payload = new byte[512 * 1024];
        new Random(1).NextBytes(payload);

        using AsyncDuplexStreamingCall<Ask, Answer> call = server.Client.Echo();
        Task writing = WriteAsync(call.RequestStream, Messages, payload);
        int received = 0;
        await foreach (Answer answer in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(received++, answer.Number);
            Assert.True(answer.Payload.Span.SequenceEqual(payload));
        }

        await writing;
        Assert.Equal(Messages, received);
    }

    [Fact]
    public async Task WriteAsync_WhileAnotherWriteRuns_Throws()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        using AsyncDuplexStreamingCall<Ask, Answer> call = server.Client.Echo();
        await call.RequestStream.WriteAsync(new Ask { Text = "wait" });

        // Nobody reads on the other side, and this is more than its window takes, so the write stays under way.
        Task write = call.RequestStream.WriteAsync(new Ask { Payload = ByteString.CopyFrom(new byte[3_000_000]) });

        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new Ask()));
        call.Dispose();
        await Assert.ThrowsAsync<RpcException>(() => write);
    }

    private static async Task WriteAsync(IClientStreamWriter<Ask> stream, int messages, byte[] payload)
    {
        for (int i = 0; i < messages; i++)
            await stream.WriteAsync(new Ask { Count = i, Payload = UnsafeByteOperations.UnsafeWrap(payload) });
        await stream.CompleteAsync();
    }
}
