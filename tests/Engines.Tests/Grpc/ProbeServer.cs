using System.Net;
using System.Net.Sockets;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DistSeq2Seq.Engines.Tests.Grpc;

/// <summary>A server on a free port, or on a Unix socket, with the probe on it, and a channel to it.</summary>
public sealed class ProbeServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly string? _socket;

    private ProbeServer(WebApplication application, string? socket)
    {
        _application = application;
        _socket = socket;
        Address = new Uri(socket is null ? application.Urls.Single() : "http://localhost");
        Channel = Connect(new GrpcChannelOptions());
        Client = new Probe.ProbeClient(Channel);
    }

    public Uri Address { get; }

    public GrpcChannel Channel { get; }

    public Probe.ProbeClient Client { get; }

    public ProbeLog Log => _application.Services.GetRequiredService<ProbeLog>();

    /// <param name="configure">Sets gRPC's options.</param>
    /// <param name="map">Adds routes.</param>
    /// <param name="socket">The path of a Unix socket; null: a free port.</param>
    /// <param name="services">Adds services.</param>
    /// <param name="service">Maps what stands in for <see cref="ProbeService"/>; null: that.</param>
    public static async Task<ProbeServer> StartAsync(
        Action<GrpcServiceOptions>? configure = null,
        Action<WebApplication>? map = null,
        string? socket = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? service = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            if (socket is null)
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            else
                kestrel.ListenUnixSocket(socket, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc(configure ?? (_ => { }));
        builder.Services.AddSingleton<ProbeLog>();
        services?.Invoke(builder.Services);
        WebApplication application = builder.Build();
        if (service is null)
            application.MapGrpcService<ProbeService>();
        else
            service(application);
        map?.Invoke(application);
        await application.StartAsync();
        return new ProbeServer(application, socket);
    }

    public GrpcChannel Connect(GrpcChannelOptions options)
    {
        options.HttpHandler ??= MakeHandler();
        options.DisposeHttpClient = true;
        return GrpcChannel.ForAddress(Address, options);
    }

    public HttpClient ConnectPlainly() => new(MakeHandler())
    {
        BaseAddress = Address,
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>Stops at once; calls under way are broken off.</summary>
    public Task StopAsync() => _application.StopAsync(new CancellationToken(canceled: true));

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await StopAsync();
        await _application.DisposeAsync();
    }

    private SocketsHttpHandler MakeHandler()
    {
        var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        if (_socket is not null)
            handler.ConnectCallback = ConnectAsync;
        return handler;
    }

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket!), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
