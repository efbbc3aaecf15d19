using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Grpc.Net.Client;

/// <summary>What a <see cref="GrpcChannel"/> can be told.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>Plain text or TLS. Null: as the address says (<c>http</c> or <c>https</c>).</summary>
    public ChannelCredentials? Credentials { get; set; }

    /// <summary>The largest message to send, in bytes. Null (default): no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>The largest message to receive, in bytes. Default 4 MiB; null: no limit.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Where the channel logs. Null: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The client to send through. Excludes <see cref="HttpHandler"/>.</summary>
    public HttpClient? HttpClient { get; set; }

    /// <summary>
    /// The handler to send through, such as a <see cref="SocketsHttpHandler"/> with windows, keep-alives or a connect
    /// callback of its own. Null: a new one that opens further connections when one has no free streams left.
    /// </summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>Whether the channel disposes a client or handler that it was given. Default false.</summary>
    public bool DisposeHttpClient { get; set; }
}
