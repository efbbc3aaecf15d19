using System.Net.Sockets;
using Grpc.Core;
using Grpc.Core.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>A call as an HTTP request.</summary>
internal sealed partial class HttpCallContext : ServerCallContext, IAsyncDisposable
{
    private readonly HttpContext _http;
    private readonly GrpcServiceOptions _options;
    private readonly ILogger _logger;
    private readonly CallDeadline? _deadline;
    private readonly Metadata _trailers = [];
    private Metadata? _requestHeaders;

    public HttpCallContext(HttpContext http, GrpcServiceOptions options, ILogger logger)
    {
        _http = http;
        _options = options;
        _logger = logger;
        if (Timeouts.TryDecode(http.Request.Headers[WireNames.Timeout], out TimeSpan timeout))
            _deadline = new CallDeadline(http, timeout);
    }

    public bool DeadlineExpired => _deadline?.HasExpired ?? false;

    protected override string MethodCore => _http.Request.Path.Value!;

    protected override string HostCore => _http.Request.Host.Value ?? "";

    protected override string PeerCore => _http.Connection.RemoteIpAddress switch
    {
        { AddressFamily: AddressFamily.InterNetwork } address => $"ipv4:{address}:{_http.Connection.RemotePort}",
        { } address => $"ipv6:[{address}]:{_http.Connection.RemotePort}",
        null => "unknown",
    };

    protected override DateTime DeadlineCore => _deadline?.Time ?? DateTime.MaxValue;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadRequestHeaders();

    protected override CancellationToken CancellationTokenCore => _deadline?.Token ?? _http.RequestAborted;

    protected override Metadata ResponseTrailersCore => _trailers;

    protected override Status StatusCore { get; set; } = Status.DefaultSuccess;

    protected override WriteOptions? WriteOptionsCore { get; set; }

    /// <summary>Sends the status and the trailers, unless the deadline has done so.</summary>
    /// <param name="exception">What the method threw, if it did.</param>
    public async Task EndAsync(Exception? exception)
    {
        if (exception is not null)
            NoteError(exception);
        if (_deadline is null || await _deadline.TryEndAsync())
            TrailerWriter.Set(_http.Response, StatusCore, _trailers);
    }

    public ValueTask DisposeAsync() => _deadline?.DisposeAsync() ?? default;

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        if (_http.Response.HasStarted)
            throw new InvalidOperationException("Response headers can only be sent once per call.");

        foreach (Metadata.Entry entry in responseHeaders)
            _http.Response.Headers.Append(entry.Key, HeaderValues.ToHeader(entry));
        await _http.Response.BodyWriter.FlushAsync();
    }

    private Metadata ReadRequestHeaders()
    {
        var metadata = new Metadata();
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in _http.Request.Headers)
            HeaderValues.Add(metadata, name, values.ToString());
        return metadata;
    }

    private void NoteError(Exception exception)
    {
        if (exception is RpcException known)
        {
            LogRefused(_logger, MethodCore, known.StatusCode, known.Status.Detail);
            StatusCore = known.Status;
            foreach (Metadata.Entry entry in known.Trailers)
                _trailers.Add(entry);
            return;
        }

        // When the caller is gone, whatever the method ran into is no more than a consequence.
        if (CancellationTokenCore.IsCancellationRequested)
            LogCancelled(_logger, MethodCore, exception);
        else
            LogError(_logger, MethodCore, exception);

        string detail = "Exception was thrown by handler.";
        if (_options.EnableDetailedErrors == true)
            detail = $"{detail} {ErrorText.Of(exception)}";
        StatusCore = new Status(StatusCode.Unknown, detail, exception);
    }

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "Error when executing service method '{Method}'.")]
    private static partial void LogError(ILogger logger, string method, Exception exception);

    [LoggerMessage(EventId = 7, Level = LogLevel.Information,
        Message = "Service method '{Method}' refused the call with {StatusCode}: {Detail}")]
    private static partial void LogRefused(ILogger logger, string method, StatusCode statusCode, string detail);

    [LoggerMessage(EventId = 8, Level = LogLevel.Information, Message = "Service method '{Method}' was canceled.")]
    private static partial void LogCancelled(ILogger logger, string method, Exception exception);
}
