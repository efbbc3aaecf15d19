using System.Net;
using System.Text.Json;
using Akka.Actor;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Checkpoints;
using DistSeq2Seq.Coordinator.Membership;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Hosting;
using DistSeq2Seq.Hosting.Actors;
using DistSeq2Seq.Hosting.Servers;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Storage;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DistSeq2Seq.Coordinator.Hosting;

/// <summary>A coordinator process: run folder, servers, actor, from start to exit code.</summary>
public static partial class CoordinatorHost
{
    /// <summary>How long the actor system takes to end; what is left of it ends with the process.</summary>
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(5);

    /// <summary>Runs until all steps are done, the process is told to stop, or its parent is gone.</summary>
    /// <returns>An exit code (<see cref="ExitCodes"/>).</returns>
    /// <exception cref="ConfigurationException">The run folder or a port cannot be had.</exception>
    /// <exception cref="DataException">The text is not what the configuration says.</exception>
    public static async Task<int> RunAsync(CoordinatorOptions options)
    {
        var configuration = options.Configuration;
        var bind = IPAddress.Parse(options.Bind ?? HostBinding.For(options.Host));
        PortCheck.RequireFree(bind, configuration.Cluster.Ports);
        using var opened = OpenedRun.Open(configuration);
        using var journal = new RunJournal(configuration.Run);
        using var channels = new PeerChannels();
        using var checkpoints = new CheckpointService(opened.Folder, configuration, opened.Data, channels);

        // The run needs its own address, which is known only once the server listens, and the server needs the run: free ports are
        // picked before.
        var ports = Pick(bind, configuration.Cluster.Ports);
        var endpoints = new CoordinatorEndpoints($"{options.Host}:{ports.Akka}", $"http://{options.Host}:{ports.Grpc}",
            $"http://{options.Host}:{ports.Http}", Environment.ProcessId);
        var end = new CoordinatorEnd(options.ExitWhenFinished);
        var services = new CoordinatorServices(Describe(configuration, opened, journal, endpoints), new ReductionOwner(), checkpoints,
            new StatusBoard(configuration, opened.Folder.RunId), new RunControl(),
            new CoordinatorProcess(Guid.NewGuid().ToString(), end.Exit, end.ActorEnded));

        await using var server = await CoordinatorServer.StartAsync(Node(options, bind, ports.Akka), ports, services).ConfigureAwait(false);
        var system = server.Services.GetRequiredService<ActorSystem>();
        var logger = server.Services.GetRequiredService<ILoggerFactory>().CreateLogger("coordinator");
        if (configuration.Cluster.Wire == Wire.Bf16)
            LogRounding(logger);

        var newest = Recover(services, logger);
        var actor = system.ActorOf(Props.Create(() => new CoordinatorActor(services, newest)), NodeRoles.Coordinator);
        DurableFile.WriteText(opened.Folder.EndpointsPath, JsonSerializer.Serialize(endpoints));

        // A node that was taken out of the cluster cannot lead it: the process ends, and its parent starts another.
        _ = system.WhenTerminated.ContinueWith(_ => end.ActorEnded(), TaskScheduler.Default);
        using var signals = new StopSignals(() => actor.Tell(CoordinatorActor.Stop.Instance),
            () => end.Exit(ExitCodes.Terminated), options.ExitWithStandardInput);
        if (options.ExitWithStandardInput)
            StandardInput.WhenClosed(() => end.Exit(ExitCodes.Failure));

        var (code, actorFailed) = await end.Task.ConfigureAwait(false);
        if (actorFailed)
            LogActorFailed(logger);
        await GrpcServer.StopAsync(server).ConfigureAwait(false);
        await system.Terminate().WaitAsync(EndTime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return code;
    }

    private static PortsConfiguration Pick(IPAddress bind, PortsConfiguration ports) => ports with
    {
        Akka = PortCheck.Pick(bind, ports.Akka),
        Grpc = PortCheck.Pick(bind, ports.Grpc),
        Http = PortCheck.Pick(bind, ports.Http),
    };

    private static ActorNode Node(CoordinatorOptions options, IPAddress bind, int port) => new()
    {
        Role = NodeRoles.Coordinator,
        Host = options.Host,
        Bind = bind,
        Port = port,
        Seeds = [$"{options.Host}:{port}", .. options.Seeds],
        HeartbeatPauseSeconds = options.Configuration.Cluster.Timeouts.Heartbeat,
        DowningProvider = typeof(UnreachableNodeDowning),
    };

    private static CoordinatedRun Describe(RunConfiguration configuration, OpenedRun opened, RunJournal journal,
        CoordinatorEndpoints endpoints)
    {
        var schedule = new BatchSchedule(opened.Data, configuration);
        var options = RunOptions.From(configuration, opened.Folder.RunId, endpoints.Grpc, schedule.Pieces) with
        {
            DescribeMicroBatch = (place, micro) => BatchSentences.Describe(opened.Data, schedule, place, micro),
        };
        var training = configuration.Training;
        return new CoordinatedRun(configuration, opened, journal, options,
            new StepSchedule(schedule.BatchesOf, training.MaxEpochs, training.MaxSteps, schedule.TokensOf));
    }

    /// <summary>Takes over what an earlier start left: its newest valid checkpoint, its validations, the figures of its steps.</summary>
    /// <returns>The step of the newest valid checkpoint; 0 for none.</returns>
    private static long Recover(CoordinatorServices services, ILogger logger)
    {
        var (journal, store) = (services.Run.Journal, services.Checkpoints.Store);
        services.Checkpoints.DiscardVoid(journal.Rewinds);
        var newest = store.NewestValid(damage => logger.LogWarning("A damaged checkpoint is passed over: {Damage}", damage));
        store.RemoveLeftovers();
        journal.Restore(newest?.State?.ValidationHistory ?? []);
        foreach (var step in journal.Steps.Where(s => s.Step <= (newest?.Step ?? 0)))
            services.Board.Add(step, "", live: false);
        return newest?.Step ?? 0;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "The coordinator's actor or actor system has ended unasked (see the "
        + "error above): ending with exit code 1. Start the same command again; it goes on from the journal and the workers' state.")]
    private static partial void LogActorFailed(ILogger logger);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "cluster.wire is bf16: gradients are rounded on their way, so the "
        + "model depends on how the micro-batches are divided among workers")]
    private static partial void LogRounding(ILogger logger);
}
