using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client.Internal;

/// <summary>
/// How a call ends. The first of these wins and decides the status for everyone: the server's status, the deadline, the
/// caller's token, disposal, or an error of the transport.
/// </summary>
internal sealed partial class CallLifetime : IDisposable
{
    // The longest that a timer can wait; a later deadline is waited for in several parts.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private readonly GrpcChannel _channel;
    private readonly string _method;
    private readonly CallOptions _options;
    private readonly CancellationTokenSource _aborted = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _gate = new();
    private HttpResponseMessage? _response;
    private Timer? _deadlineTimer;
    private CancellationTokenRegistration _callerToken;
    private Status? _status;
    private Metadata? _trailers;

    public CallLifetime(GrpcChannel channel, IMethod method, CallOptions options)
    {
        if (options.Deadline is { } deadline
            && deadline != DateTime.MaxValue && deadline != DateTime.MinValue && deadline.Kind != DateTimeKind.Utc)
        {
            throw new InvalidOperationException(
                $"The deadline of {method.FullName} is of kind {deadline.Kind}; it has to be of kind Utc.");
        }

        _channel = channel;
        _method = method.FullName;
        _options = options;
        channel.Register(this);
    }

    /// <summary>Cancelled when the call ends before its response does.</summary>
    public CancellationToken Aborted => _aborted.Token;

    /// <summary>Completes when the call has ended, however it ended.</summary>
    public Task Ended => _ended.Task;

    public bool IsDisposed { get; private set; }

    public bool HasEnded => FinalStatus is not null;

    public Status? FinalStatus
    {
        get
        {
            lock (_gate)
                return _status;
        }
    }

    public bool IsPastDeadline => _options.Deadline is { } deadline && deadline <= DateTime.UtcNow;

    /// <summary>
    /// Starts to watch the deadline and the caller's token. Comes after everything that they may have to stop.
    /// </summary>
    public void Watch()
    {
        if (_options.Deadline is not null && _options.Deadline != DateTime.MaxValue)
        {
            lock (_gate)
            {
                _deadlineTimer = new Timer(
                    static state => ((CallLifetime)state!).OnTimer(), this, Timeout.Infinite, Timeout.Infinite);
            }

            OnTimer();
        }

        _callerToken = Link(_options.CancellationToken);
        if (HasEnded)
            _callerToken.Unregister();
    }

    /// <summary>Makes a token end the whole call, until the registration is disposed.</summary>
    public CancellationTokenRegistration Link(CancellationToken token) => token.UnsafeRegister(
        static (state, cancelled) => ((CallLifetime)state!).TryEnd(
            new Status(StatusCode.Cancelled, "Call canceled by the client.", new OperationCanceledException(cancelled)),
            trailers: null, abort: true),
        this);

    /// <summary>Notes the response, to be given up if the call ends before it does.</summary>
    public void Attach(HttpResponseMessage response)
    {
        lock (_gate)
        {
            _response = response;
            if (_status is null)
                return;
        }

        response.Dispose();
    }

    /// <summary>Ends the call unless it has ended already.</summary>
    /// <param name="status">The final status.</param>
    /// <param name="trailers">The server's trailers, when it sent the status.</param>
    /// <param name="abort">Whether the stream has to be reset, for the server has not ended it.</param>
    public bool TryEnd(Status status, Metadata? trailers, bool abort)
    {
        HttpResponseMessage? response;
        lock (_gate)
        {
            if (_status is not null)
                return false;
            _status = status;
            _trailers = trailers;
            response = _response;
            _deadlineTimer?.Dispose();
            _deadlineTimer = null;
        }

        if (status.StatusCode != StatusCode.OK)
            LogFailed(_channel.Logger, _method, status.StatusCode, status.Detail, status.DebugException);
        _channel.Unregister(this);
        _callerToken.Unregister();

        // Before the response goes: a request stream that is still open is reset by cancelling it, not by completing
        // it.
        if (abort)
            _aborted.Cancel();
        response?.Dispose();
        _ended.TrySetResult();
        return true;
    }

    /// <summary>The final status as the exception that callers see; Cancelled while there is none.</summary>
    public RpcException CreateException() => new(FinalStatus ?? Status.DefaultCancelled, _trailers ?? Metadata.Empty);

    public Status GetStatus() => FinalStatus
        ?? throw new InvalidOperationException("Unable to get the status because the call is not complete.");

    public Metadata GetTrailers() => HasEnded && _trailers is not null
        ? _trailers
        : throw new InvalidOperationException(
            "Can't get the call trailers because the call has not completed successfully.");

    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    public void Dispose()
    {
        IsDisposed = true;
        TryEnd(new Status(StatusCode.Cancelled, "gRPC call disposed."), trailers: null, abort: true);
    }

    private void OnTimer()
    {
        TimeSpan left = _options.Deadline!.Value - DateTime.UtcNow;
        if (left <= TimeSpan.Zero)
        {
            TryEnd(new Status(StatusCode.DeadlineExceeded, ""), trailers: null, abort: true);
            return;
        }

        // Rounded up, so that the timer does not fire just before the clock shows the deadline.
        TimeSpan wait = TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds) + 1);
        lock (_gate)
            _deadlineTimer?.Change(wait < LongestTimer ? wait : LongestTimer, Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug,
        Message = "Call {Method} ended with {StatusCode}: {Detail}")]
    private static partial void LogFailed(
        ILogger logger, string method, StatusCode statusCode, string detail, Exception? exception);
}
