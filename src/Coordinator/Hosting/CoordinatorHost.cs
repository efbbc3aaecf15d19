using System.Net;
using System.Text.Json;
using Akka.Actor;
using Akka.Hosting;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Checkpoints;
using DistSeq2Seq.Coordinator.Membership;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Coordinator.Web;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Hosting;
using DistSeq2Seq.Hosting.Actors;
using DistSeq2Seq.Hosting.Servers;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Storage;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DistSeq2Seq.Coordinator.Hosting;

/// <summary>A coordinator process: run folder, servers, actor system, from start to exit code.</summary>
public static partial class CoordinatorHost
{
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
        var board = new StatusBoard(configuration, opened.Folder.RunId);
        var owner = new ReductionOwner();
        var control = new RunControl();

        // Ports are only known once the server has started, and the server needs the services before: free ones are picked here.
        var grpcPort = PortCheck.Pick(bind, configuration.Cluster.Ports.Grpc);
        var httpPort = PortCheck.Pick(bind, configuration.Cluster.Ports.Http);
        var akkaPort = PortCheck.Pick(bind, configuration.Cluster.Ports.Akka);
        var self = $"{options.Host}:{akkaPort}";
        var node = new ActorNode
        {
            Role = NodeRoles.Coordinator,
            Host = options.Host,
            Bind = bind,
            Port = akkaPort,
            Seeds = [self, .. options.Seeds],
            HeartbeatPauseSeconds = configuration.Cluster.Timeouts.Heartbeat,
            DowningProvider = typeof(UnreachableNodeDowning),
        };
        await using var server = await StartServerAsync(node, grpcPort, httpPort, owner, checkpoints, board, control, opened.Data)
            .ConfigureAwait(false);
        var system = server.Services.GetRequiredService<ActorSystem>();
        var logger = server.Services.GetRequiredService<ILoggerFactory>().CreateLogger("coordinator");

        if (configuration.Cluster.Wire == Wire.Bf16)
            logger.LogInformation("cluster.wire is bf16: gradients are rounded on their way, so what the model becomes depends on how the "
                + "micro-batches are divided among workers");

        var schedule = new BatchSchedule(opened.Data, configuration);
        checkpoints.DiscardVoid(journal.Rewinds);
        var newest = checkpoints.Store.NewestValid(damage => logger.LogWarning("A damaged checkpoint is passed over: {Damage}", damage));
        checkpoints.Store.RemoveLeftovers();
        journal.Restore(newest?.State?.ValidationHistory ?? []);
        foreach (var step in journal.Steps.Where(s => s.Step <= (newest?.Step ?? 0)))
            board.Add(step, "", live: false);
        var exit = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Leave(int code)
        {
            if (options.ExitWhenFinished || code != ExitCodes.Success)
                exit.TrySetResult(code);
        }

        void Ended()
        {
            // Nothing else ended it before: it failed. It is not built anew from values that are out of date.
            if (exit.TrySetResult(ExitCodes.Failure))
                LogActorFailed(logger);
        }

        var services = new CoordinatorServices(configuration, opened.Folder, journal, opened.Data, opened.Data.Fingerprint,
            RunOptions.From(configuration, opened.Folder.RunId, $"http://{options.Host}:{grpcPort}", schedule.Pieces) with
            {
                DescribeMicroBatch = (place, micro) => BatchSentences.Describe(opened.Data, schedule, place, micro),
            },
            new StepSchedule(schedule.BatchesOf, configuration.Training.MaxEpochs, configuration.Training.MaxSteps, schedule.TokensOf),
            owner, checkpoints, board, control, Guid.NewGuid().ToString(), Leave, Ended);
        var actor = system.ActorOf(Props.Create(() => new CoordinatorActor(services, newest == null ? 0 : newest.Step)),
            NodeRoles.Coordinator);
        DurableFile.WriteText(opened.Folder.EndpointsPath, JsonSerializer.Serialize(new CoordinatorEndpoints(
            self, $"http://{options.Host}:{grpcPort}", $"http://{options.Host}:{httpPort}", Environment.ProcessId)));

        // A node that was taken out of the cluster cannot lead it: whoever started this process starts another.
        _ = system.WhenTerminated.ContinueWith(_ => Ended(), TaskScheduler.Default);
        using var signals = new StopSignals(() => actor.Tell(CoordinatorActor.Stop.Instance),
            () => exit.TrySetResult(ExitCodes.Terminated), options.ExitWithStandardInput);
        if (options.ExitWithStandardInput)
            StandardInput.WhenClosed(() => exit.TrySetResult(ExitCodes.Failure));

        var code = await exit.Task.ConfigureAwait(false);
        await GrpcServer.StopAsync(server).ConfigureAwait(false);
        await system.Terminate().WaitAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return code;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "The coordinator's actor or actor system has ended unasked "
        + "(see the error "
        + "above): ending with exit code 1. Start the same command again; it goes on from the journal and the workers' state.")]
    private static partial void LogActorFailed(ILogger logger);

    private static async Task<WebApplication> StartServerAsync(ActorNode node, int grpcPort, int httpPort,
        ReductionOwner owner, CheckpointService checkpoints, StatusBoard board, RunControl control, PreparedFolder data)
    {
        var builder = WebApplication.CreateSlimBuilder();
        GrpcServer.Configure(builder, node.Bind, grpcPort);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(node.Bind, httpPort, listen => listen.Protocols = HttpProtocols.Http1));
        builder.AddProcessHealth([ExchangeMethods.Service, Protocol.Monitoring.Monitor.Descriptor.FullName],
            () => MonitorEndpoints.WhyNotReady(board.Current));
        builder.Services.AddSingleton(owner).AddSingleton(board).AddSingleton(control).AddSingleton(data)
            .AddSingleton<IReplicaStateSource>(checkpoints);
        builder.Services.AddSingleton<ReductionService>().AddSingleton<MonitorService>().AddSingleton<ControlService>()
            .AddSingleton<CorpusService>();
        builder.Services.AddAkka(NodeRoles.SystemName, (akka, _) => node.Configure(akka));
        var app = builder.Build();
        app.MapGrpcService<ReductionService>();
        app.MapGrpcService<MonitorService>();
        app.MapGrpcService<ControlService>();
        app.MapGrpcService<CorpusService>();
        GrpcServer.MapCommonServices(app);
        MonitorEndpoints.Map(app, board);
        await app.StartAsync().ConfigureAwait(false);
        return app;
    }
}

/// <summary>Where a running coordinator can be reached; in the run folder as <c>coordinator.json</c>.</summary>
/// <param name="Akka">host:port of its actor system: what a worker takes as --seed.</param>
/// <param name="Grpc">gRPC address.</param>
/// <param name="Http">Web page and HTTP endpoints.</param>
/// <param name="ProcessId">Its process.</param>
public sealed record CoordinatorEndpoints(string Akka, string Grpc, string Http, int ProcessId);
