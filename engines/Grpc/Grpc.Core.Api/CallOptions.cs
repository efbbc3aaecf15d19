namespace Grpc.Core;

/// <summary>What a caller may set for one call.</summary>
public struct CallOptions
{
    /// <summary>Options for a call; everything is optional.</summary>
    /// <param name="headers">Metadata to send before the first request.</param>
    /// <param name="deadline">UTC; the call ends with <see cref="StatusCode.DeadlineExceeded"/> when it passes.</param>
    /// <param name="cancellationToken">Ends the call with <see cref="StatusCode.Cancelled"/>.</param>
    /// <param name="writeOptions">Options for every write of the call.</param>
    public CallOptions(
        Metadata? headers = null,
        DateTime? deadline = null,
        CancellationToken cancellationToken = default,
        WriteOptions? writeOptions = null)
    {
        Headers = headers;
        Deadline = deadline;
        CancellationToken = cancellationToken;
        WriteOptions = writeOptions;
    }

    /// <summary>Metadata to send before the first request.</summary>
    public Metadata? Headers { get; private set; }

    /// <summary>When the call is to end at the latest, in UTC.</summary>
    public DateTime? Deadline { get; private set; }

    /// <summary>Ends the call.</summary>
    public CancellationToken CancellationToken { get; private set; }

    /// <summary>Options for every write of the call.</summary>
    public WriteOptions? WriteOptions { get; private set; }

    /// <summary>The same options with other headers.</summary>
    public readonly CallOptions WithHeaders(Metadata headers) => this with { Headers = headers };

    /// <summary>The same options with another deadline (UTC).</summary>
    public readonly CallOptions WithDeadline(DateTime deadline) => this with { Deadline = deadline };

    /// <summary>The same options with another token.</summary>
    public readonly CallOptions WithCancellationToken(CancellationToken cancellationToken) =>
        this with { CancellationToken = cancellationToken };

    /// <summary>The same options with other write options.</summary>
    public readonly CallOptions WithWriteOptions(WriteOptions writeOptions) =>
        this with { WriteOptions = writeOptions };
}
