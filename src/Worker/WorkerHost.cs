using System.Net;
using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Configuration;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Protocol.Actors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DistSeq2Seq.Worker;

/// <summary>A worker process: gRPC server, actor system and training thread, from start to exit code.</summary>
public static class WorkerHost
{
    /// <summary>Heartbeat silence after which this worker calls a node unreachable; the run's own value comes too late for it.</summary>
    private const double HeartbeatPauseSeconds = 3;

    /// <summary>Runs until the run ends, the process is told to stop, or it is refused.</summary>
    /// <returns>An exit code (<see cref="ExitCodes"/>).</returns>
    public static async Task<int> RunAsync(WorkerOptions options)
    {
        var workerId = Guid.NewGuid().ToString();
        var snapshots = new SnapshotStore();
        var owner = new ReductionOwner();
        using var channels = new PeerChannels();
        await using var server = await StartServerAsync(options, owner, snapshots).ConfigureAwait(false);
        var grpcAddress = $"http://{options.Host}:{new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port}";
        var logger = server.Services.GetRequiredService<ILoggerFactory>().CreateLogger("worker");

        using var training = new TrainingThread(workerId, options, snapshots, owner, channels, logger);
        var bind = options.Bind ?? HostBinding.For(options.Host);
        var system = ActorSystem.Create(ActorSystemSettings.SystemName, ConfigurationFactory.ParseString(
            ActorSystemSettings.Hocon(ActorSystemSettings.Worker, options.Host, bind, options.AkkaPort, options.Seeds, HeartbeatPauseSeconds)));
        var exit = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        Action<int> leave = code =>
        {
            if (code != ExitCodes.Success || !options.Stay)
                exit.TrySetResult(code);
        };

        var actor = system.ActorOf(
            Props.Create(() => new WorkerActor(workerId, grpcAddress, options, training, snapshots, leave)),
            ActorSystemSettings.Worker);

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => LeaveOn(context, actor));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            // Ctrl-C reaches every process of the terminal; where a parent holds the lifeline, it decides what happens.
            context.Cancel = true;
            if (!options.ExitWithStandardInput)
                LeaveOn(context, actor);
        });
        if (options.ExitWithStandardInput)
            StandardInput.WhenClosed(() => exit.TrySetResult(ExitCodes.Failure));

        var code = await exit.Task.ConfigureAwait(false);
        await system.Terminate().WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return code;
    }

    private static void LeaveOn(PosixSignalContext context, IActorRef actor)
    {
        context.Cancel = true;
        actor.Tell(WorkerActor.Leave.Instance);
    }

    private static async Task<WebApplication> StartServerAsync(WorkerOptions options, ReductionOwner owner, SnapshotStore snapshots)
    {
        var builder = WebApplication.CreateSlimBuilder();
        GrpcServer.Configure(builder, IPAddress.Parse(options.Bind ?? HostBinding.For(options.Host)), options.GrpcPort);
        builder.Services.AddSingleton(owner);
        builder.Services.AddSingleton<IReplicaStateSource>(snapshots);
        builder.Services.AddSingleton<ReductionService>();
        var app = builder.Build();
        app.MapGrpcService<ReductionService>();
        app.MapGrpcService<HealthService>();
        await app.StartAsync().ConfigureAwait(false);
        return app;
    }
}
