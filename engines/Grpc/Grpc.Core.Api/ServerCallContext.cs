namespace Grpc.Core;

/// <summary>What a server method can see and set of the call it handles.</summary>
public abstract class ServerCallContext
{
    /// <summary>The request's path: <c>/package.Service/Method</c>.</summary>
    public string Method => MethodCore;

    /// <summary>The host that the caller asked for.</summary>
    public string Host => HostCore;

    /// <summary>The caller's address, such as <c>ipv4:10.0.0.1:40000</c>; <c>unknown</c> where there is none.</summary>
    public string Peer => PeerCore;

    /// <summary>When the call ends at the latest, in UTC; <see cref="DateTime.MaxValue"/> without a deadline.</summary>
    public DateTime Deadline => DeadlineCore;

    /// <summary>The metadata that the caller sent.</summary>
    public Metadata RequestHeaders => RequestHeadersCore;

    /// <summary>Cancelled when the caller gave up, the connection broke or the deadline passed.</summary>
    public CancellationToken CancellationToken => CancellationTokenCore;

    /// <summary>Metadata to send with the status.</summary>
    public Metadata ResponseTrailers => ResponseTrailersCore;

    /// <summary>The status to send when the method returns; OK unless set.</summary>
    public Status Status
    {
        get => StatusCore;
        set => StatusCore = value;
    }

    /// <summary>Options for the response writes that follow.</summary>
    public WriteOptions? WriteOptions
    {
        get => WriteOptionsCore;
        set => WriteOptionsCore = value;
    }

    /// <summary>Sends response headers now, before the first response.</summary>
    /// <exception cref="InvalidOperationException">They were sent already.</exception>
    public Task WriteResponseHeadersAsync(Metadata responseHeaders) => WriteResponseHeadersAsyncCore(responseHeaders);

    /// <summary>Sends the headers.</summary>
    protected abstract Task WriteResponseHeadersAsyncCore(Metadata responseHeaders);

    /// <summary>The request's path.</summary>
    protected abstract string MethodCore { get; }

    /// <summary>The host asked for.</summary>
    protected abstract string HostCore { get; }

    /// <summary>The caller's address.</summary>
    protected abstract string PeerCore { get; }

    /// <summary>The deadline.</summary>
    protected abstract DateTime DeadlineCore { get; }

    /// <summary>The caller's metadata.</summary>
    protected abstract Metadata RequestHeadersCore { get; }

    /// <summary>The call's token.</summary>
    protected abstract CancellationToken CancellationTokenCore { get; }

    /// <summary>The trailers to send.</summary>
    protected abstract Metadata ResponseTrailersCore { get; }

    /// <summary>The status to send.</summary>
    protected abstract Status StatusCore { get; set; }

    /// <summary>The write options.</summary>
    protected abstract WriteOptions? WriteOptionsCore { get; set; }
}
