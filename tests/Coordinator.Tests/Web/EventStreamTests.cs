using System.Diagnostics;
using System.Threading.Channels;
using DistSeq2Seq.Coordinator.Web;
using DistSeq2Seq.Protocol.Monitoring;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests.Web;

public sealed class EventStreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Events_OnChanges_DeliverTheStatusAtOnceAndTheNewestAfter()
    {
        await using var server = await MonitorServer.StartAsync(CannedStatus.Training(1));
        using var response = await server.Client.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal(1, (await NextAsync(reader)).Step);
        server.Source.Set(CannedStatus.Training(2));
        Assert.Equal(2, (await NextAsync(reader)).Step);
        server.Source.Set(CannedStatus.Training(3));
        Assert.Equal(3, (await NextAsync(reader)).Step);
    }

    [Fact]
    public async Task Events_OfAFlood_AreFewAndEndWithTheNewest()
    {
        await using var server = await MonitorServer.StartAsync(CannedStatus.Training(0));
        using var response = await server.Client.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var watch = Stopwatch.StartNew();
        var events = 1;
        await NextAsync(reader);
        for (var step = 1; step <= 2000; step++)
            server.Source.Set(new RunStatus { Step = step });
        for (long step = 0; step < 2000; events++)
            step = (await NextAsync(reader)).Step;

        // One at once, and one more for every quarter of a second that has passed; a slow machine only makes room for more.
        Assert.InRange(events, 2, 2 + (int)(watch.Elapsed.TotalSeconds * 4));
    }

    [Fact]
    public async Task Events_InSilence_AreKeptAliveByEmptyOnes()
    {
        var source = new StatusInHand(CannedStatus.Training());
        var stream = new EventStream(source, new StatusJson()) { KeepAlive = TimeSpan.FromMilliseconds(20) };
        var body = new LineCollector();
        var context = new DefaultHttpContext { Response = { Body = body } };
        using var stopping = new CancellationTokenSource();
        var serving = stream.ServeAsync(context, stopping.Token);
        var first = await body.Writes.Reader.ReadAsync().AsTask().WaitAsync(Patience);
        Assert.StartsWith("event: status\ndata: {", first, StringComparison.Ordinal);
        Assert.EndsWith("}\nretry: 2000\n\n", first, StringComparison.Ordinal);
        for (var signs = 0; signs < 3; signs++)
            Assert.Equal("event: alive\ndata: \n\n", await body.Writes.Reader.ReadAsync().AsTask().WaitAsync(Patience));
        await stopping.CancelAsync();
        await serving.WaitAsync(Patience);
    }

    [Fact]
    public async Task Events_ClientGone_EndsTheRequest()
    {
        var source = new StatusInHand(CannedStatus.Training());
        var stream = new EventStream(source, new StatusJson());
        using var gone = new CancellationTokenSource();
        var context = new DefaultHttpContext { Response = { Body = new LineCollector() }, RequestAborted = gone.Token };
        var serving = stream.ServeAsync(context, CancellationToken.None);
        await gone.CancelAsync();
        await serving.WaitAsync(Patience);
    }

    [Fact]
    public async Task Events_ServerStops_DoNotHoldItUp()
    {
        await using var server = await MonitorServer.StartAsync(CannedStatus.Training());
        using var response = await server.Client.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await NextAsync(reader);

        // The server's own patience with open requests is 30 s; an end of the stream before it stops shows that it was not needed.
        var stopping = server.StopAsync();
        while (await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(25)) is { } line)
            Assert.DoesNotContain("event:", line);
        await stopping.WaitAsync(Patience);
    }

    /// <summary>The status of the next event <c>status</c>.</summary>
    private static async Task<RunStatus> NextAsync(StreamReader reader)
    {
        while (true)
        {
            var fields = new Dictionary<string, string>();
            for (string? line; (line = await reader.ReadLineAsync().WaitAsync(Patience)) != "";)
            {
                Assert.NotNull(line);
                var parts = line.Split(": ", 2);
                fields.Add(parts[0], parts[1]);
            }

            if (fields["event"] == "status")
                return JsonParser.Default.Parse<RunStatus>(fields["data"]);
        }
    }

    /// <summary>A response body that hands on every write as text.</summary>
    private sealed class LineCollector : MemoryStream
    {
        public Channel<string> Writes { get; } = Channel.CreateUnbounded<string>();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await Writes.Writer.WriteAsync(System.Text.Encoding.UTF8.GetString(buffer.Span), cancellationToken);
    }
}
