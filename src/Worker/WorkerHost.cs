using System.Net;
using System.Runtime.InteropServices;
using Akka.Actor;
using Akka.Cluster;
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
public static partial class WorkerHost
{
    /// <summary>
    /// Heartbeat silence after which this worker takes the coordinator for lost and joins anew. Longer than the coordinator's own
    /// timeout (3 s by default): a coordinator that is merely busy must not be left by everybody at once.
    /// </summary>
    internal const double HeartbeatPauseSeconds = 6;

    /// <summary>How long a leaving worker takes to say goodbye to the cluster, and its actor system to end.</summary>
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(3);

    /// <summary>Runs until the run ends, the process is told to stop, or it is refused.</summary>
    /// <returns>An exit code (<see cref="ExitCodes"/>).</returns>
    public static async Task<int> RunAsync(WorkerOptions options)
    {
        var workerId = Guid.NewGuid().ToString();
        using var snapshots = new SnapshotStore();
        var owner = new ReductionOwner();
        using var channels = new PeerChannels();
        await using var server = await StartServerAsync(options, owner, snapshots).ConfigureAwait(false);
        var grpcAddress = $"http://{options.Host}:{new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port}";
        var logger = server.Services.GetRequiredService<ILoggerFactory>().CreateLogger("worker");

        if (options.Device == "auto")
            LogDevice(logger);
        using var training = new TrainingThread(workerId, options, snapshots, owner, channels, logger);
        training.Start();
        var exit = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        Action<int> leave = code =>
        {
            if (code != ExitCodes.Success || !options.Stay)
                exit.TrySetResult(code);
        };

        _ = training.GaveUp.ContinueWith(_ => leave(ExitCodes.Failure), TaskScheduler.Default);
        var absence = new CoordinatorAbsence();
        IActorRef actor = ActorRefs.Nobody;
        var asked = false;
        void LeaveOn(PosixSignalContext context)
        {
            context.Cancel = true;
            // The second time nobody is asked, not even the actor.
            if (Interlocked.Exchange(ref asked, true))
                leave(ExitCodes.Terminated);
            Volatile.Read(ref actor).Tell(WorkerActor.Leave.Instance);
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, LeaveOn);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            // Ctrl-C reaches every process of the terminal; where a parent holds the lifeline, it decides what happens.
            if (options.ExitWithStandardInput)
                context.Cancel = true;
            else
                LeaveOn(context);
        });
        if (options.ExitWithStandardInput)
            StandardInput.WhenClosed(() => exit.TrySetResult(ExitCodes.Failure));

        // A node that the cluster has taken for dead, or that has lost its coordinator, cannot come back as what it was: it gets a new
        // actor system. Replica, gRPC server and training thread live on.
        while (true)
        {
            var rejoin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var system = CreateSystem(options);
            Volatile.Write(ref actor, system.ActorOf(
                Props.Create(() => new WorkerActor(workerId, grpcAddress, options, training, snapshots, absence, leave, () => rejoin.TrySetResult(), () => ended.TrySetResult())),
                ActorSystemSettings.Worker));
            if (Volatile.Read(ref asked))
                actor.Tell(WorkerActor.Leave.Instance);
            await Task.WhenAny(exit.Task, rejoin.Task, ended.Task, system.WhenTerminated).ConfigureAwait(false);
            if (ended.Task.IsCompleted && !exit.Task.IsCompleted && !rejoin.Task.IsCompleted)
            {
                // An actor that failed is stopped, not built anew from values that are out of date; with its system it may end too.
                await system.WhenTerminated.WaitAsync(FarewellTime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!system.WhenTerminated.IsCompleted && exit.TrySetResult(ExitCodes.Failure))
                    LogActorFailed(logger);
            }

            if (exit.Task is { IsCompleted: true, Result: ExitCodes.Terminated })
                await Cluster.Get(system).LeaveAsync().WaitAsync(FarewellTime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await system.Terminate().WaitAsync(FarewellTime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (exit.Task.IsCompleted)
                return await exit.Task.ConfigureAwait(false);
        }
    }

    private static ActorSystem CreateSystem(WorkerOptions options) => ActorSystem.Create(ActorSystemSettings.SystemName, ConfigurationFactory.ParseString(
        ActorSystemSettings.Hocon(ActorSystemSettings.Worker, options.Host, options.Bind ?? HostBinding.For(options.Host), options.AkkaPort,
            options.Seeds, HeartbeatPauseSeconds)));

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

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "The worker's actor failed (the error above): ending with exit code 1. Start this worker again.")]
    private static partial void LogActorFailed(ILogger logger);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Device auto: computing on the CPU, the best device that this version computes on.")]
    private static partial void LogDevice(ILogger logger);
}
