using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Grpc;

/// <summary>Limits on messages, on either side and in either direction.</summary>
public sealed class LimitTests
{
    private const int FourMebibytes = 4 * 1024 * 1024;

    [Fact]
    public async Task Default_RequestOverFourMebibytes_ServerRefuses()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        Assert.Equal(FourMebibytes - 100, (await SendAsync(server.Client, FourMebibytes - 100)).Number);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => SendAsync(server.Client, FourMebibytes));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
    }

    [Fact]
    public async Task Default_ResponseOverFourMebibytes_ClientRefuses()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        RpcException refused = await Assert.ThrowsAsync<RpcException>(
            () => server.Client.SayAsync(new Ask { Count = FourMebibytes }).ResponseAsync);

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Equal("hi", (await server.Client.SayAsync(new Ask { Text = "hi" })).Text);
    }

    [Fact]
    public async Task None_LargeMessages_TravelBothWays()
    {
        await using ProbeServer server = await ProbeServer.StartAsync(options => options.MaxReceiveMessageSize = null);
        using GrpcChannel channel = server.Connect(new GrpcChannelOptions { MaxReceiveMessageSize = null });
        var client = new Probe.ProbeClient(channel);

        Answer answer = await client.SayAsync(new Ask
        {
            Payload = ByteString.CopyFrom(new byte[20_000_000]),
            Count = 10_000_000,
        });

        Assert.Equal(20_000_000, answer.Number);
        Assert.Equal(10_000_000, answer.Payload.Length);
        Assert.Equal(unchecked((byte)9_999_999), answer.Payload[^1]);
    }

    [Fact]
    public async Task Send_OverClientLimit_FailsBeforeItLeaves()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using GrpcChannel channel = server.Connect(new GrpcChannelOptions { MaxSendMessageSize = 1000 });
        var client = new Probe.ProbeClient(channel);

        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => SendAsync(client, 1000));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Equal(900, (await SendAsync(client, 900)).Number);
    }

    [Fact]
    public async Task Send_OverServerLimit_ResourceExhausted()
    {
        await using ProbeServer server = await ProbeServer.StartAsync(options => options.MaxSendMessageSize = 1000);

        RpcException refused = await Assert.ThrowsAsync<RpcException>(
            () => server.Client.SayAsync(new Ask { Count = 1000 }).ResponseAsync);

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
    }

    private static async Task<Answer> SendAsync(Probe.ProbeClient client, int bytes) =>
        await client.SayAsync(new Ask { Payload = ByteString.CopyFrom(new byte[bytes]) });
}
