using System.Net;
using DistSeq2Seq.Exchange;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DistSeq2Seq.Hosting.Servers;

/// <summary>How the processes of a run serve gRPC.</summary>
public static class GrpcServer
{
    /// <summary>HTTP/2 window of a stream: a chunk of the largest size and the next one fit.</summary>
    private const int StreamWindowBytes = 8 * 1024 * 1024;

    /// <summary>HTTP/2 window of a connection: several streams at once.</summary>
    private const int ConnectionWindowBytes = 16 * 1024 * 1024;

    /// <summary>How long requests under way may take once the process ends.</summary>
    private static readonly TimeSpan LastAnswers = TimeSpan.FromMilliseconds(500);

    /// <summary>Serves gRPC (HTTP/2 without TLS) at an address; port 0 takes any free one.</summary>
    public static void Configure(WebApplicationBuilder builder, IPAddress bind, int port)
    {
        builder.Logging.ClearProviders().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning);
        // That a probe found the process not ready is the answer to the probe, every few seconds, and no failure.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlocks.Factory>();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = PeerChannels.MaxMessageBytes;
            grpc.MaxSendMessageSize = PeerChannels.MaxMessageBytes;
        });
        builder.Services.AddGrpcReflection();
        // Frames are taken apart by the thread that received them, a switch less for each; services run on pool threads all the same.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
            kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(5);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MinRequestBodyDataRate = null; // a stream of gradients rests while workers compute
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(bind, port, listen => listen.Protocols = HttpProtocols.Http2);
        });
    }

    /// <summary>
    /// Serves what every process has besides its own services: health, and the description of its services (grpc.reflection.v1).
    /// </summary>
    public static void MapCommonServices(WebApplication app)
    {
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
    }

    /// <summary>
    /// Ends the server before its services are disposed: requests that are answered at that moment would find them gone, and say so in the
    /// log. Streams that watch are told that the process stops; what is still open after a moment is cut.
    /// </summary>
    public static async Task StopAsync(WebApplication app)
    {
        app.Lifetime.StopApplication();
        using var limit = new CancellationTokenSource(LastAnswers);
        await app.Services.GetRequiredService<IServer>().StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
