using System.Buffers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using DistSeq2Seq.Coordinator.Services;
using Microsoft.AspNetCore.Http;

namespace DistSeq2Seq.Coordinator.Web;

/// <summary>
/// <c>/api/events</c>: the status as Server-Sent Events (HTML standard, section 9.2). A viewer gets the status at
/// once, then one event <c>status</c> for a change; changes that come faster than the shortest gap are joined, and
/// the newest one is sent.
/// </summary>
public sealed class EventStream(IStatusSource source, StatusJson json)
{
    /// <summary>A viewer that lost the connection comes back after 2 s.</summary>
    private static readonly TimeSpan Reconnection = TimeSpan.FromSeconds(2);

    /// <summary>Shortest time between two events: 250 ms, four a second, which is as much as an eye can follow.</summary>
    public TimeSpan ShortestGap { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// An event <c>alive</c> without data is sent after this much silence, 15 s by default, below the idle limits of common proxies
    /// (60 s). It also finds connections that broke without a word.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Answers a request until its client goes away or the server stops.</summary>
    /// <param name="context">The request.</param>
    /// <param name="stopping">Cancelled when the server stops; an open stream would hold that up.</param>
    public async Task ServeAsync(HttpContext context, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would collect events otherwise
        try
        {
            // Not TypedResults.ServerSentEvents: its writes end with the request only, so that a viewer that does not read holds up
            // the server's stop, and it would serialise the status for every viewer anew.
            await SseFormatter.WriteAsync(
                EventsAsync(), context.Response.Body, static (item, writer) => writer.Write(item.Data.Span), ended.Token)
                .ConfigureAwait(false);
        }
        catch (Exception) when (ended.IsCancellationRequested)
        {
            // The viewer is gone or the server stops; a write that was under way may fail in several ways.
        }
    }

    private async IAsyncEnumerable<SseItem<ReadOnlyMemory<byte>>> EventsAsync([EnumeratorCancellation] CancellationToken ended = default)
    {
        TimeSpan? reconnection = Reconnection;
        while (true)
        {
            var next = source.NextChange;
            yield return new SseItem<ReadOnlyMemory<byte>>(json.Of(source.Current), "status") { ReconnectionInterval = reconnection };
            reconnection = null; // once is enough
            await Task.Delay(ShortestGap, ended).ConfigureAwait(false);
            // The framework writes no comments. Browsers ignore an event without a listener, which serves as well.
            while (!await ChangedAsync(next, ended).ConfigureAwait(false))
                yield return new SseItem<ReadOnlyMemory<byte>>(ReadOnlyMemory<byte>.Empty, "alive");
        }
    }

    /// <summary>True at the change, false after a while without one.</summary>
    private async Task<bool> ChangedAsync(Task next, CancellationToken ended)
    {
        try
        {
            await next.WaitAsync(KeepAlive, ended).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
