using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Grpc;

/// <summary>How calls end, and what comes with their end.</summary>
public sealed class StatusTests
{
    private static readonly Method<Ask, Answer> NoSuchMethod = MethodOf("engines.probe.Probe");
    private static readonly Method<Ask, Answer> NoSuchService = MethodOf("engines.probe.Nobody");

    [Fact]
    public async Task Unary_ServerThrowsRpcException_StatusTextAndTrailersArrive()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        using AsyncUnaryCall<Answer> call = server.Client.SayAsync(new Ask { Text = "refuse" });
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Equal("nicht möglich: 50 %\n→", refused.Status.Detail);
        Assert.Equal("test", refused.Trailers.GetValue("why"));
        Assert.Equal(StatusCode.FailedPrecondition, call.GetStatus().StatusCode);
        Assert.Equal("test", call.GetTrailers().GetValue("why"));
    }

    [Fact]
    public async Task Unary_StatusSetOnContext_ReachesCaller()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        RpcException refused = await CallAsync(server, "status");

        Assert.Equal(StatusCode.AlreadyExists, refused.StatusCode);
        Assert.Equal("set on the context", refused.Status.Detail);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unary_UnhandledException_UnknownWithDetailsOnlyWhenAllowed(bool detailed)
    {
        await using ProbeServer server = await ProbeServer.StartAsync(
            options => options.EnableDetailedErrors = detailed);

        RpcException failed = await CallAsync(server, "throw");

        Assert.Equal(StatusCode.Unknown, failed.StatusCode);
        Assert.StartsWith("Exception was thrown by handler.", failed.Status.Detail);
        Assert.Equal(detailed, failed.Status.Detail.Contains("the inner reason"));
    }

    [Fact]
    public async Task Unary_MethodReturnsNull_Cancelled()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        Assert.Equal(StatusCode.Cancelled, (await CallAsync(server, "null")).StatusCode);
    }

    [Fact]
    public async Task Unary_UnknownMethodOrService_Unimplemented()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        CallInvoker invoker = server.Channel.CreateCallInvoker();

        foreach (Method<Ask, Answer> method in new[] { NoSuchMethod, NoSuchService })
        {
            using AsyncUnaryCall<Answer> call = invoker.AsyncUnaryCall(method, null, default, new Ask());
            RpcException unknown = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
            Assert.Equal(StatusCode.Unimplemented, unknown.StatusCode);
        }
    }

    [Fact]
    public async Task Duplex_UnknownMethod_ReaderFailsWithUnimplemented()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        var method = new Method<Ask, Answer>(
            MethodType.DuplexStreaming, "engines.probe.Probe", "Missing",
            NoSuchMethod.RequestMarshaller, NoSuchMethod.ResponseMarshaller);

        using AsyncDuplexStreamingCall<Ask, Answer> call =
            server.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, default);
        RpcException unknown = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal(StatusCode.Unimplemented, unknown.StatusCode);
    }

    [Fact]
    public async Task Unary_Metadata_TravelsBothWaysTextAndBytes()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        var headers = new Metadata { { "Echo-Text", "a value; with, marks" }, { "echo-bin", bytes } };

        using AsyncUnaryCall<Answer> call = server.Client.SayAsync(new Ask { Text = "metadata" }, headers);
        Metadata first = await call.ResponseHeadersAsync;
        await call;
        Metadata trailers = call.GetTrailers();

        Assert.Equal("header", first.GetValue("first"));
        Assert.Equal([0, 255], first.GetValueBytes("first-bin")!);
        Assert.Equal("a value; with, marks", trailers.GetValue("echo-text"));
        Assert.Equal(bytes, trailers.GetValueBytes("ECHO-BIN")!);
        Assert.Null(trailers.Get("absent"));
    }

    [Fact]
    public async Task ServerCallContext_Method_HostAndPeerAreTheCallers()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        string[] parts = (await server.Client.SayAsync(new Ask { Text = "method" })).Text.Split(' ');

        Assert.Equal("/engines.probe.Probe/Say", parts[0]);
        Assert.Equal(server.Address.Authority, parts[1]);
        Assert.StartsWith("ipv4:127.0.0.1:", parts[2]);
    }

    [Fact]
    public async Task GetStatus_CallStillRuns_Throws()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        using AsyncUnaryCall<Answer> call = server.Client.SayAsync(new Ask { Text = "wait" });
        await server.Log.Waiting.Task;

        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
    }

    [Theory]
    [InlineData(400, StatusCode.Internal)]
    [InlineData(401, StatusCode.Unauthenticated)]
    [InlineData(403, StatusCode.PermissionDenied)]
    [InlineData(404, StatusCode.Unimplemented)]
    [InlineData(429, StatusCode.Unavailable)]
    [InlineData(500, StatusCode.Unknown)]
    [InlineData(503, StatusCode.Unavailable)]
    public async Task Unary_PlainHttpError_MapsToStatus(int http, StatusCode expected)
    {
        await using ProbeServer server = await ProbeServer.StartAsync(map: application => application.MapPost(
            "/broken.Service/Call", () => Results.StatusCode(http)));

        Assert.Equal(expected, (await CallBrokenAsync(server.Channel)).StatusCode);
    }

    [Fact]
    public async Task Unary_AnswerIsNotGrpc_Cancelled()
    {
        await using ProbeServer server = await ProbeServer.StartAsync(map: application => application.MapPost(
            "/broken.Service/Call", () => "plain text"));

        Assert.Equal(StatusCode.Cancelled, (await CallBrokenAsync(server.Channel)).StatusCode);
    }

    private static async Task<RpcException> CallBrokenAsync(GrpcChannel channel)
    {
        var method = new Method<Ask, Answer>(
            MethodType.Unary, "broken.Service", "Call",
            NoSuchMethod.RequestMarshaller, NoSuchMethod.ResponseMarshaller);
        using AsyncUnaryCall<Answer> call = channel
            .CreateCallInvoker().AsyncUnaryCall(method, null, default, new Ask());
        return await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
    }

    private static async Task<RpcException> CallAsync(ProbeServer server, string text) =>
        await Assert.ThrowsAsync<RpcException>(() => server.Client.SayAsync(new Ask { Text = text }).ResponseAsync);

    private static Method<Ask, Answer> MethodOf(string service) => new(
        MethodType.Unary, service, "Missing", Wire.Of(Ask.Parser), Wire.Of(Answer.Parser));
}
