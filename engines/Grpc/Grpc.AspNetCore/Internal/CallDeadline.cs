using Grpc.Core;
using Grpc.Core.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>
/// Ends a call when its deadline passes: the caller gets the status and a reset at once, the method sees its token
/// cancelled. Either the deadline or the method's end takes the response; never both.
/// </summary>
internal sealed class CallDeadline : IAsyncDisposable
{
    private const int Running = 0, Expired = 1, Ended = 2;
    private const int Http2Cancel = 0x8;
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private readonly HttpContext _http;
    private readonly CancellationTokenSource _cancellation;
    private readonly Timer _timer;
    private readonly TaskCompletionSource _expired = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _phase = Running;

    public CallDeadline(HttpContext http, TimeSpan timeout)
    {
        _http = http;
        Time = DateTime.UtcNow + timeout;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        _timer = new Timer(
            static state => _ = ((CallDeadline)state!).OnTimerAsync(), this, Timeout.Infinite, Timeout.Infinite);
        SetTimer(timeout);
    }

    /// <summary>The deadline in UTC.</summary>
    public DateTime Time { get; }

    public CancellationToken Token => _cancellation.Token;

    public bool HasExpired => Volatile.Read(ref _phase) == Expired;

    /// <summary>
    /// Takes the response for the method's end. False when the deadline has it; then the deadline's answer has left
    /// when this returns.
    /// </summary>
    public async ValueTask<bool> TryEndAsync()
    {
        if (Interlocked.CompareExchange(ref _phase, Ended, Running) == Running)
            return true;

        await _expired.Task;
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        if (HasExpired)
            await _expired.Task;
        _cancellation.Dispose();
    }

    private void SetTimer(TimeSpan left)
    {
        // Rounded up, so that the timer does not fire just before the clock shows the deadline.
        TimeSpan wait = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds) + 1);
        _timer.Change(wait < LongestTimer ? wait : LongestTimer, Timeout.InfiniteTimeSpan);
    }

    private async Task OnTimerAsync()
    {
        TimeSpan left = Time - DateTime.UtcNow;
        if (left > TimeSpan.Zero)
        {
            SetTimer(left);
            return;
        }

        if (Interlocked.CompareExchange(ref _phase, Expired, Running) != Running)
            return;

        try
        {
            // The method first: the caller may not be reading, and then the answer waits.
            Task cancelled = _cancellation.CancelAsync();
            TrailerWriter.SetStatus(_http.Response, new Status(StatusCode.DeadlineExceeded, "Deadline Exceeded"));
            if (_http.Features.Get<IHttpResponseBodyFeature>() is { } body)
                await body.CompleteAsync();
            await cancelled;
        }
        catch (Exception)
        {
            // The connection is gone, the method was just writing, or a callback on its token threw: the reset below
            // says the same to a caller that still listens.
        }
        finally
        {
            _http.Features.Get<IHttpResetFeature>()?.Reset(Http2Cancel);
            _expired.TrySetResult();
        }
    }
}
