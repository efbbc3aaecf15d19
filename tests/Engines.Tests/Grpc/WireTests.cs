using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Grpc;

/// <summary>The server against plain HTTP/2 requests, and the client against plain HTTP/2 answers.</summary>
public sealed class WireTests
{
    private const string Say = "/engines.probe.Probe/Say";
    private static readonly byte[] Hello = new Ask { Text = "hello" }.ToByteArray();

    [Fact]
    public async Task Server_IdentityRequest_AnswersFrameAndTrailers()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using HttpClient client = server.ConnectPlainly();

        var (body, status, message, response) = await Wire.PostAsync(client, Say, Wire.Frame(Hello));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Wire.Frame(new Answer { Text = "hello" }.ToByteArray()), body);
        Assert.Equal("0", status);
        Assert.Null(message);
        Assert.True(response.TrailingHeaders.Contains("grpc-status"));
    }

    [Fact]
    public async Task Server_GzipRequest_IsUnpacked()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using HttpClient client = server.ConnectPlainly();

        var (body, status, _, _) = await Wire.PostAsync(
            client, Say, Wire.Frame(Wire.Gzip(Hello), compressed: true), ("grpc-encoding", "gzip"));

        Assert.Equal("0", status);
        Assert.Equal("hello", Answer.Parser.ParseFrom(body.AsSpan(5)).Text);
    }

#if ENGINES_BUNDLED // The real package unpacks a message of any size.
    [Fact]
    public async Task Server_GzipBomb_IsRefusedAtTheLimit()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using HttpClient client = server.ConnectPlainly();
        byte[] bomb = Wire.Gzip(new byte[64 * 1024 * 1024]);
        Assert.True(bomb.Length < 1024 * 1024);

        var (_, status, _, _) = await Wire.PostAsync(
            client, Say, Wire.Frame(bomb, compressed: true), ("grpc-encoding", "gzip"));

        Assert.Equal($"{(int)StatusCode.ResourceExhausted}", status);
    }
#endif

    [Theory]
    [InlineData("snappy", StatusCode.Unimplemented)]
    [InlineData("identity", StatusCode.Internal)]
    public async Task Server_CompressedInUnknownEncoding_IsRefused(string encoding, StatusCode expected)
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using HttpClient client = server.ConnectPlainly();

        var (_, status, _, _) = await Wire.PostAsync(
            client, Say, Wire.Frame(Hello, compressed: true), ("grpc-encoding", encoding));

        Assert.Equal($"{(int)expected}", status);
    }

    [Fact]
    public async Task Server_BrokenBodies_AreInternalErrors()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using HttpClient client = server.ConnectPlainly();
        byte[] whole = Wire.Frame(Hello);

        foreach (byte[] body in new[] { [], whole[..3], whole[..^1], [.. whole, 1], [.. whole, .. whole] })
        {
            var (_, status, _, _) = await Wire.PostAsync(client, Say, body);
            Assert.Equal($"{(int)StatusCode.Internal}", status);
        }
    }

    [Fact]
    public async Task Server_ErrorText_IsPercentEncodedUtf8()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using HttpClient client = server.ConnectPlainly();

        var (_, status, message, _) = await Wire.PostAsync(
            client, Say, Wire.Frame(new Ask { Text = "refuse" }.ToByteArray()));

        Assert.Equal($"{(int)StatusCode.FailedPrecondition}", status);
        Assert.Equal("nicht m%C3%B6glich: 50 %25%0A%E2%86%92", message);
    }

    [Fact]
    public async Task Server_BinaryHeaderWithoutPadding_IsRead()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using HttpClient client = server.ConnectPlainly();

        var (_, status, _, response) = await Wire.PostAsync(
            client, Say, Wire.Frame(new Ask { Text = "metadata" }.ToByteArray()), ("echo-bin", "AQ"));

        Assert.Equal("0", status);
        Assert.Equal("AQ==", response.TrailingHeaders.GetValues("echo-bin").Single());
    }

    [Fact]
    public async Task Server_OtherContentTypeOrGet_IsNotAnswered()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using HttpClient client = server.ConnectPlainly();

        HttpResponseMessage json = await client.PostAsync(Say, new StringContent("{}"));
        HttpResponseMessage get = await client.GetAsync(Say);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
        Assert.False(get.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("1H")]
    [InlineData("2M")]
    [InlineData("100S")]
    [InlineData("100000m")]
    [InlineData("99999999u")]
    public async Task Server_TimeoutInEveryUnit_SetsDeadline(string timeout)
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using HttpClient client = server.ConnectPlainly();
        byte[] ask = Wire.Frame(new Ask { Text = "deadline" }.ToByteArray());

        var (body, _, _, _) = await Wire.PostAsync(client, Say, ask, ("grpc-timeout", timeout));

        DateTime deadline = DateTime.Parse(
            Answer.Parser.ParseFrom(body.AsSpan(5)).Text, null, System.Globalization.DateTimeStyles.RoundtripKind);
        Assert.InRange(deadline, DateTime.UtcNow.AddSeconds(20), DateTime.UtcNow.AddHours(1));
    }

    [Fact]
    public async Task Client_GzipResponse_IsUnpacked()
    {
        await using ProbeServer server = await StartWithAnswerAsync(
            "gzip", Wire.Frame(Wire.Gzip(new Answer { Text = "packed" }.ToByteArray()), compressed: true));

        using AsyncUnaryCall<Answer> call = CallRaw(server);

        Assert.Equal("packed", (await call).Text);
    }

    [Fact]
    public async Task Client_ResponseInUnknownEncoding_Unimplemented()
    {
        await using ProbeServer server = await StartWithAnswerAsync("snappy", Wire.Frame(Hello, compressed: true));

        Assert.Equal(StatusCode.Unimplemented, (await FailAsync(server)).StatusCode);
    }

    [Fact]
    public async Task Client_ResponseCutShort_FailsAndDoesNotHang()
    {
        await using ProbeServer server = await StartWithAnswerAsync("identity", Wire.Frame(Hello)[..^2]);

        Assert.Equal(StatusCode.Internal, (await FailAsync(server)).StatusCode);
    }

    [Fact]
    public async Task Client_OkWithoutMessage_Internal()
    {
        await using ProbeServer server = await StartWithAnswerAsync("identity", []);

        Assert.Equal(StatusCode.Internal, (await FailAsync(server)).StatusCode);
    }

    [Fact]
    public async Task Client_NoStatusInTrailers_Cancelled()
    {
        await using ProbeServer server = await StartWithAnswerAsync(
            "identity", Wire.Frame(new Answer().ToByteArray()), withStatus: false);

        Assert.Equal(StatusCode.Cancelled, (await FailAsync(server)).StatusCode);
    }

    private static Task<ProbeServer> StartWithAnswerAsync(string encoding, byte[] body, bool withStatus = true) =>
        ProbeServer.StartAsync(map: application => application.MapPost("/raw.Service/Call", async (HttpContext http) =>
        {
            http.Response.ContentType = "application/grpc+proto";
            http.Response.Headers["grpc-encoding"] = encoding;
            await http.Response.Body.WriteAsync(body);
            await http.Response.Body.FlushAsync();
            if (withStatus)
                http.Response.AppendTrailer("grpc-status", "0");
        }));

    private static AsyncUnaryCall<Answer> CallRaw(ProbeServer server)
    {
        var method = new Method<Ask, Answer>(
            MethodType.Unary, "raw.Service", "Call", Wire.Of(Ask.Parser), Wire.Of(Answer.Parser));
        return server.Channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, new Ask());
    }

    private static async Task<RpcException> FailAsync(ProbeServer server)
    {
        using AsyncUnaryCall<Answer> call = CallRaw(server);
        return await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
    }
}
