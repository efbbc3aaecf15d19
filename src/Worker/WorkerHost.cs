using System.Net;
using Akka.Actor;
using Akka.Cluster;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Hosting;
using DistSeq2Seq.Hosting.Actors;
using DistSeq2Seq.Hosting.Servers;
using DistSeq2Seq.Protocol;
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

    /// <summary>How long a leaving worker takes to say goodbye to the cluster, and a failed actor's system to end.</summary>
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(3);

    /// <summary>Runs until the run ends, the process is told to stop, or it is refused.</summary>
    /// <returns>An exit code (<see cref="ExitCodes"/>).</returns>
    public static async Task<int> RunAsync(WorkerOptions options)
    {
        var workerId = Guid.NewGuid().ToString();
        using var snapshots = new SnapshotStore();
        var owner = new ReductionOwner();
        using var channels = new PeerChannels();
        var absence = new CoordinatorAbsence();
        await using var server = await StartServerAsync(options, owner, snapshots, absence).ConfigureAwait(false);
        var listening = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var grpcAddress = $"http://{options.Host}:{new Uri(listening).Port}";
        var loggers = server.Services.GetRequiredService<ILoggerFactory>();
        var logger = loggers.CreateLogger("worker");

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
        IActorRef actor = ActorRefs.Nobody;
        using var signals = new StopSignals(() => Volatile.Read(ref actor).Tell(WorkerActor.Leave.Instance),
            () => leave(ExitCodes.Terminated), options.ExitWithStandardInput);
        if (options.ExitWithStandardInput)
            StandardInput.WhenClosed(() => exit.TrySetResult(ExitCodes.Failure));

        // A node that the cluster has taken for dead, or that has lost its coordinator, cannot come back as what it was: it gets a new
        // actor system. Replica, gRPC server and training thread live on.
        while (true)
        {
            var rejoin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var incarnation = await ActorNodeHost.StartAsync(NodeOf(options), loggers).ConfigureAwait(false);
            var system = incarnation.System;
            Volatile.Write(ref actor, system.ActorOf(
                Props.Create(() => new WorkerActor(workerId, grpcAddress, options, training, snapshots, absence, leave,
                    () => rejoin.TrySetResult(), () => ended.TrySetResult())),
                NodeRoles.Worker));
            if (signals.Asked)
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
            if (!exit.Task.IsCompleted)
                continue;
            await GrpcServer.StopAsync(server).ConfigureAwait(false);
            return await exit.Task.ConfigureAwait(false);
        }
    }

    private static ActorNode NodeOf(WorkerOptions options) => new()
    {
        Role = NodeRoles.Worker,
        Host = options.Host,
        Bind = BindOf(options),
        Port = options.AkkaPort,
        Seeds = options.Seeds,
        HeartbeatPauseSeconds = HeartbeatPauseSeconds,
    };

    private static IPAddress BindOf(WorkerOptions options) => IPAddress.Parse(options.Bind ?? HostBinding.For(options.Host));

    private static async Task<WebApplication> StartServerAsync(WorkerOptions options, ReductionOwner owner, SnapshotStore snapshots,
        CoordinatorAbsence absence)
    {
        var builder = WebApplication.CreateSlimBuilder();
        GrpcServer.Configure(builder, BindOf(options), options.GrpcPort);
        builder.AddProcessHealth([ExchangeMethods.Service], () => absence.Length > TimeSpan.Zero
            ? $"no coordinator at {string.Join(", ", options.Seeds)}" : null);
        builder.Services.AddSingleton(owner);
        builder.Services.AddSingleton<IReplicaStateSource>(snapshots);
        builder.Services.AddSingleton<ReductionService>();
        var app = builder.Build();
        app.MapGrpcService<ReductionService>();
        GrpcServer.MapCommonServices(app);
        await app.StartAsync().ConfigureAwait(false);
        return app;
    }

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "The worker's actor failed (the error above): ending with exit code 1. "
        + "Start this worker again.")]
    private static partial void LogActorFailed(ILogger logger);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Device auto: computing on the CPU, the best device that this "
        + "version computes on.")]
    private static partial void LogDevice(ILogger logger);
}
