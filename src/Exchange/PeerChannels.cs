using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;

namespace DistSeq2Seq.Exchange;

/// <summary>gRPC channels to peers, one for each address. They stay open between generations.</summary>
public sealed class PeerChannels : IDisposable
{
    /// <summary>HTTP/2 stream window: 16 MiB keep a link of 1 Gbit/s and 100 ms round trip full (1e9 / 8 · 0.1 = 12.5 MB).</summary>
    private const int WindowBytes = 16 * 1024 * 1024;

    /// <summary>Largest message: a chunk of the exchange has at most 3 MiB, a chunk of state transfer 1 MiB.</summary>
    public const int MaxMessageBytes = 8 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, Lazy<GrpcChannel>> _channels = new();

    /// <summary>The invoker for calls to <paramref name="address"/> (<c>http://host:port</c>).</summary>
    public CallInvoker To(string address) =>
        _channels.GetOrAdd(address, a => new Lazy<GrpcChannel>(() => Open(a))).Value.CreateCallInvoker();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var channel in _channels.Values)
        {
            if (channel.IsValueCreated)
                channel.Value.Dispose();
        }
    }

    private static GrpcChannel Open(string address) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = WindowBytes,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingDelay = TimeSpan.FromSeconds(5),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            UseProxy = false,
        },
        MaxReceiveMessageSize = MaxMessageBytes,
        MaxSendMessageSize = MaxMessageBytes,
        DisposeHttpClient = true,
    });
}
