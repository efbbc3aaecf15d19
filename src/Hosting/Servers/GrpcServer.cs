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

/// <summary>The gRPC server of a run's processes.</summary>
public static class GrpcServer
{
    /// <summary>HTTP/2 window of a stream: it has room for two chunks of the largest size.</summary>
    private const int StreamWindowBytes = 8 * 1024 * 1024;

    /// <summary>HTTP/2 window of a connection, for several streams at once.</summary>
    private const int ConnectionWindowBytes = 16 * 1024 * 1024;

    /// <summary>Time for requests under way when the process ends.</summary>
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
        // A process that is not ready says so to the probe every few seconds; that is not an error and not worth a log line.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlocks.Factory>();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = PeerChannels.MaxMessageBytes;
            grpc.MaxSendMessageSize = PeerChannels.MaxMessageBytes;
        });
        builder.Services.AddGrpcReflection();
        // The thread that receives a frame also parses it, which saves a thread switch. Services still run on pool threads.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
            kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(5);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MinRequestBodyDataRate = null; // a stream of gradients is idle while workers compute
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(bind, port, listen => listen.Protocols = HttpProtocols.Http2);
        });
    }

    /// <summary>
    /// Maps the services that every process has: health (grpc.health.v1) and the description of its services (grpc.reflection.v1).
    /// </summary>
    public static void MapCommonServices(WebApplication app)
    {
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
    }

    /// <summary>
    /// Ends the server before its services are disposed; otherwise requests under way would fail on disposed services and log errors.
    /// Streams that watch the status learn that the process stops. Requests still open after <see cref="LastAnswers"/> are cut.
    /// </summary>
    public static async Task StopAsync(WebApplication app)
    {
        app.Lifetime.StopApplication();
        using var limit = new CancellationTokenSource(LastAnswers);
        await app.Services.GetRequiredService<IServer>().StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
