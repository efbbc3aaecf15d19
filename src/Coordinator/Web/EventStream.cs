using Microsoft.AspNetCore.Http;

namespace DistSeq2Seq.Coordinator.Web;

/// <summary>
/// <c>/api/events</c>: the status as Server-Sent Events (HTML standard, section 9.2). A viewer gets the status at
/// once, then one event <c>status</c> for a change; changes that come faster than the shortest gap are joined, and
/// the newest one is sent.
/// </summary>
public sealed class EventStream(IStatusSource source, StatusJson json)
{
    /// <summary>Shortest time between two events: 250 ms, four a second, which is as much as an eye can follow.</summary>
    public TimeSpan ShortestGap { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// A comment line is sent after this much silence, 15 s by default, below the idle limits of common proxies
    /// (60 s). It also finds connections that broke without a word.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(15);

    private static ReadOnlyMemory<byte> Opening { get; } = "retry: 2000\n\n"u8.ToArray();

    private static ReadOnlyMemory<byte> EventStart { get; } = "event: status\ndata: "u8.ToArray();

    private static ReadOnlyMemory<byte> EventEnd { get; } = "\n\n"u8.ToArray();

    private static ReadOnlyMemory<byte> Comment { get; } = ": alive\n\n"u8.ToArray();

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
            await WriteAsync(context.Response.Body, ended.Token).ConfigureAwait(false);
        }
        catch (Exception) when (ended.IsCancellationRequested)
        {
            // The viewer is gone or the server stops; a write that was under way may fail in several ways.
        }
    }

    private async Task WriteAsync(Stream body, CancellationToken ended)
    {
        await body.WriteAsync(Opening, ended).ConfigureAwait(false);
        while (true)
        {
            var next = source.NextChange;
            await body.WriteAsync(EventStart, ended).ConfigureAwait(false);
            await body.WriteAsync(json.Of(source.Current), ended).ConfigureAwait(false);
            await body.WriteAsync(EventEnd, ended).ConfigureAwait(false);
            await body.FlushAsync(ended).ConfigureAwait(false);
            await Task.Delay(ShortestGap, ended).ConfigureAwait(false);
            while (!await ChangedAsync(next, ended).ConfigureAwait(false))
            {
                await body.WriteAsync(Comment, ended).ConfigureAwait(false);
                await body.FlushAsync(ended).ConfigureAwait(false);
            }
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
