using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace DistSeq2Seq.Engines.Tests.Grpc;

/// <summary>Deadlines, cancellation, and calls that the transport breaks off.</summary>
public sealed class EndingTests
{
    [Fact]
    public async Task Deadline_PassesDuringUnaryCall_EndsBothSides()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        DateTime deadline = DateTime.UtcNow.AddMilliseconds(300);

        RpcException late = await Assert.ThrowsAsync<RpcException>(
            () => server.Client.SayAsync(new Ask { Text = "wait" }, deadline: deadline).ResponseAsync);

        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        Assert.True(DateTime.UtcNow >= deadline);
        Assert.InRange(await server.Log.Cancelled, deadline.AddSeconds(-5), deadline.AddSeconds(5));
    }

    [Fact]
    public async Task Deadline_PassesDuringStream_ReaderFails()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        using AsyncDuplexStreamingCall<Ask, Answer> call =
            server.Client.Echo(deadline: DateTime.UtcNow.AddMilliseconds(300));
        await call.RequestStream.WriteAsync(new Ask { Text = "one" });
        Assert.True(await call.ResponseStream.MoveNext());
        RpcException late = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        Assert.Equal(StatusCode.DeadlineExceeded, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Deadline_EnforcedByServerAlone_StatusComesFromIt()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using HttpClient client = server.ConnectPlainly();

        var (_, status, _, _) = await Wire.PostAsync(
            client, "/engines.probe.Probe/Say",
            Wire.Frame(new Ask { Text = "wait" }.ToByteArray()), ("grpc-timeout", "200m"));

        Assert.Equal($"{(int)StatusCode.DeadlineExceeded}", status);
        await server.Log.Cancelled;
    }

    [Fact]
    public async Task Deadline_AlreadyPassed_FailsWithoutTheServer()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        DateTime past = DateTime.UtcNow.AddSeconds(-1);
        RpcException late = await Assert.ThrowsAsync<RpcException>(
            () => server.Client.SayAsync(new Ask { Text = "wait" }, deadline: past).ResponseAsync);

        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
    }

    [Fact]
    public async Task Deadline_LongOrNone_DoesNotDisturb()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        DateTime now = DateTime.UtcNow;
        foreach (DateTime deadline in new[] { DateTime.MaxValue, now.AddYears(50), now.AddMinutes(1) })
            Assert.Equal("hi", (await server.Client.SayAsync(new Ask { Text = "hi" }, deadline: deadline)).Text);
        Assert.Equal(
            DateTime.MaxValue.ToString("O"), (await server.Client.SayAsync(new Ask { Text = "deadline" })).Text);
    }

    [Fact]
    public void Deadline_NotUtc_Throws()
    {
        using GrpcChannel channel = GrpcChannel.ForAddress("http://localhost:1");
        var client = new Probe.ProbeClient(channel);

        Assert.Throws<InvalidOperationException>(
            () => client.SayAsync(new Ask(), deadline: new DateTime(2090, 1, 1, 0, 0, 0, DateTimeKind.Local)));
    }

    [Fact]
    public async Task CancellationToken_Cancelled_CallFailsAndServerSeesIt()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using var source = new CancellationTokenSource();

        using AsyncUnaryCall<Answer> call = server.Client.SayAsync(
            new Ask { Text = "wait" }, cancellationToken: source.Token);
        await server.Log.Waiting.Task;
        source.Cancel();
        RpcException cancelled = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);

        Assert.Equal(StatusCode.Cancelled, cancelled.StatusCode);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        await server.Log.Cancelled;
    }

    [Fact]
    public async Task Dispose_CallUnderWay_ServerSeesIt()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        AsyncServerStreamingCall<Answer> call = server.Client.Count(new Ask { Text = "wait", Count = 1 });
        Assert.True(await call.ResponseStream.MoveNext());
        await server.Log.Waiting.Task;
        call.Dispose();

        await server.Log.Cancelled;
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task MoveNext_TokenCancelled_EndsTheCall()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();
        using var source = new CancellationTokenSource();

        using AsyncServerStreamingCall<Answer> call = server.Client.Count(new Ask { Text = "wait", Count = 1 });
        Assert.True(await call.ResponseStream.MoveNext());
        Task<bool> next = call.ResponseStream.MoveNext(source.Token);
        source.Cancel();
        RpcException cancelled = await Assert.ThrowsAsync<RpcException>(() => next);

        Assert.Equal(StatusCode.Cancelled, cancelled.StatusCode);
        await server.Log.Cancelled;
    }

    [Fact]
    public async Task ChannelDispose_CallUnderWay_CallIsCancelledAndNewOnesRefused()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        Task<Answer> response = server.Client.SayAsync(new Ask { Text = "wait" }).ResponseAsync;
        await server.Log.Waiting.Task;
        server.Channel.Dispose();
        RpcException cancelled = await Assert.ThrowsAsync<RpcException>(() => response);

        Assert.Equal(StatusCode.Cancelled, cancelled.StatusCode);
        Assert.Throws<ObjectDisposedException>(() => { server.Client.SayAsync(new Ask()); });
        await server.Log.Cancelled;
    }

    [Fact]
    public async Task Unary_NobodyListens_Unavailable()
    {
        // Bound, so that nobody else can take the port, but not listening.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using GrpcChannel channel = GrpcChannel.ForAddress($"http://{taken.LocalEndPoint}");
        var client = new Probe.ProbeClient(channel);

        RpcException failed = await Assert.ThrowsAsync<RpcException>(() => client.SayAsync(new Ask()).ResponseAsync);
        using AsyncDuplexStreamingCall<Ask, Answer> duplex = client.Echo();
        RpcException read = await Assert.ThrowsAsync<RpcException>(() => duplex.ResponseStream.MoveNext());
        RpcException write = await Assert.ThrowsAsync<RpcException>(() => duplex.RequestStream.WriteAsync(new Ask()));

        Assert.Equal(StatusCode.Unavailable, failed.StatusCode);
        Assert.Equal(StatusCode.Unavailable, read.StatusCode);
        Assert.Equal(StatusCode.Unavailable, write.StatusCode);
    }

    [Fact]
    public async Task Stream_ServerStops_BothSidesAreToldAndNewCallsFail()
    {
        await using ProbeServer server = await ProbeServer.StartAsync();

        using AsyncDuplexStreamingCall<Ask, Answer> call = server.Client.Echo();
        await call.RequestStream.WriteAsync(new Ask { Text = "one" });
        Assert.True(await call.ResponseStream.MoveNext());
        await call.RequestStream.WriteAsync(new Ask { Text = "wait" });
        await server.Log.Waiting.Task;
        Task<bool> next = call.ResponseStream.MoveNext();
        await server.StopAsync();
        RpcException broken = await Assert.ThrowsAsync<RpcException>(() => next);

        Assert.True(
            broken.StatusCode is StatusCode.Unavailable or StatusCode.Cancelled, $"{broken.Status}");
        await server.Log.Cancelled;
        RpcException refused = await Assert.ThrowsAsync<RpcException>(
            () => server.Client.SayAsync(new Ask()).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
    }

    [Fact]
    public async Task UnixSocket_ConnectCallback_EveryCallWorks()
    {
        string folder = Directory.CreateTempSubdirectory("grpc-test").FullName;
        try
        {
            await using ProbeServer server = await ProbeServer.StartAsync(socket: Path.Combine(folder, "s"));

            Assert.Equal("hi", (await server.Client.SayAsync(new Ask { Text = "hi" })).Text);
            using AsyncDuplexStreamingCall<Ask, Answer> call = server.Client.Echo();
            await call.RequestStream.WriteAsync(new Ask { Text = "one" });
            Assert.True(await call.ResponseStream.MoveNext());
            await call.RequestStream.CompleteAsync();
            Assert.False(await call.ResponseStream.MoveNext());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
