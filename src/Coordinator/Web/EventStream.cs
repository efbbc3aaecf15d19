using System.Buffers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using DistSeq2Seq.Coordinator.Services;
using Microsoft.AspNetCore.Http;

namespace DistSeq2Seq.Coordinator.Web;

/// <summary>
/// <c>/api/events</c>: the status as Server-Sent Events (HTML standard, section 9.2). A viewer gets the status at once, then one event
/// <c>status</c> for each change. Of several changes within the shortest gap only the newest is sent.
/// </summary>
public sealed class EventStream(IStatusSource source, StatusJson json)
{
    /// <summary>A viewer that lost the connection comes back after 2 s.</summary>
    private static readonly TimeSpan Reconnection = TimeSpan.FromSeconds(2);

    /// <summary>Shortest time between two status events: by default 250 ms, because people cannot follow more than four a second.</summary>
    public TimeSpan ShortestGap { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Silence after which an event <c>alive</c> without data is sent: 15 s by default, below the idle limits of common proxies (60 s).
    /// The event also detects connections that broke without notice.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Answers a request until its client goes away or the server stops.</summary>
    /// <param name="context">The request.</param>
    /// <param name="stopping">Cancelled when the server stops; an open stream would delay the stop.</param>
    public async Task ServeAsync(HttpContext context, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // otherwise nginx buffers events
        try
        {
            // Not TypedResults.ServerSentEvents: only the end of the request ends its writes, so a viewer that does not read would delay
            // the server's stop. It would also serialise the status again for every viewer.
            await SseFormatter.WriteAsync(
                EventsAsync(), context.Response.Body, static (item, writer) => writer.Write(item.Data.Span), ended.Token)
                .ConfigureAwait(false);
        }
        catch (Exception) when (ended.IsCancellationRequested)
        {
            // The viewer is gone or the server stops; a write under way may then fail with several kinds of exceptions.
        }
    }

    private async IAsyncEnumerable<SseItem<ReadOnlyMemory<byte>>> EventsAsync([EnumeratorCancellation] CancellationToken ended = default)
    {
        TimeSpan? reconnection = Reconnection;
        while (true)
        {
            var next = source.NextChange;
            yield return new SseItem<ReadOnlyMemory<byte>>(json.Of(source.Current), "status") { ReconnectionInterval = reconnection };
            reconnection = null; // the viewer keeps the value
            await Task.Delay(ShortestGap, ended).ConfigureAwait(false);
            // The framework writes no comments. Browsers ignore an event without a listener, which serves as well.
            while (!await ChangedAsync(next, ended).ConfigureAwait(false))
                yield return new SseItem<ReadOnlyMemory<byte>>(ReadOnlyMemory<byte>.Empty, "alive");
        }
    }

    /// <summary>Waits for the change: true when it comes, false after <see cref="KeepAlive"/> without it.</summary>
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
