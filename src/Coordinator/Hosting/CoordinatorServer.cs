using Akka.Hosting;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Membership;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Coordinator.Web;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Hosting.Actors;
using DistSeq2Seq.Hosting.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace DistSeq2Seq.Coordinator.Hosting;

/// <summary>The coordinator's servers: gRPC services, web page with its endpoints, and the actor system, in one host.</summary>
internal static class CoordinatorServer
{
    /// <summary>Starts to listen and to join the cluster.</summary>
    /// <param name="node">The actor system.</param>
    /// <param name="ports">Ports of gRPC and HTTP; none is 0.</param>
    /// <param name="services">What is served.</param>
    public static async Task<WebApplication> StartAsync(ActorNode node, PortsConfiguration ports, CoordinatorServices services)
    {
        var builder = WebApplication.CreateSlimBuilder();
        GrpcServer.Configure(builder, node.Bind, ports.Grpc);
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(node.Bind, ports.Http, listen => listen.Protocols = HttpProtocols.Http1));
        builder.AddProcessHealth([ExchangeMethods.Service, Protocol.Monitoring.Monitor.Descriptor.FullName],
            () => MonitorEndpoints.WhyNotReady(services.Board.Current));
        builder.Services.AddSingleton(services.Owner).AddSingleton(services.Board).AddSingleton(services.Control)
            .AddSingleton(services.Run.Data).AddSingleton<IReplicaStateSource>(services.Checkpoints);
        builder.Services.AddSingleton<ReductionService>().AddSingleton<MonitorService>().AddSingleton<ControlService>()
            .AddSingleton<CorpusService>();
        builder.Services.AddAkka(NodeRoles.SystemName, (akka, _) => node.Configure(akka));
        var app = builder.Build();
        app.MapGrpcService<ReductionService>();
        app.MapGrpcService<MonitorService>();
        app.MapGrpcService<ControlService>();
        app.MapGrpcService<CorpusService>();
        GrpcServer.MapCommonServices(app);
        MonitorEndpoints.Map(app, services.Board);
        await app.StartAsync().ConfigureAwait(false);
        return app;
    }
}
