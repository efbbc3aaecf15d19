using System.Net;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Hosting;
using DistSeq2Seq.Hosting.Servers;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Worker.State;
using DistSeq2Seq.Worker.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DistSeq2Seq.Worker.Hosting;

/// <summary>A worker process: gRPC server, training thread, actor systems and signals, from start to exit code.</summary>
public static partial class WorkerHost
{
    /// <summary>
    /// Heartbeat silence after which this worker takes the coordinator for lost and joins anew. Longer than the coordinator's own
    /// timeout (3 s by default): the workers must not leave a coordinator that is merely busy.
    /// </summary>
    internal const double HeartbeatPauseSeconds = 6;

    /// <summary>Runs until the run ends, the process is told to stop, or it is refused.</summary>
    /// <returns>An exit code (<see cref="ExitCodes"/>).</returns>
    public static async Task<int> RunAsync(WorkerOptions options)
    {
        using var state = new ReplicaState();
        var owner = new ReductionOwner();
        using var channels = new PeerChannels();
        var absence = new CoordinatorAbsence();
        await using var server = await StartServerAsync(options, owner, state, absence).ConfigureAwait(false);
        var loggers = server.Services.GetRequiredService<ILoggerFactory>();
        var worker = new WorkerContext(Guid.NewGuid().ToString(), options, state, owner, channels, loggers.CreateLogger("worker"));
        if (options.Device == "auto")
            LogDevice(worker.Logger);

        using var training = new TrainingThread(worker);
        training.Start();
        var process = new WorkerProcess(worker, GrpcAddressOf(server, options), training, absence, loggers);
        _ = training.GaveUp.ContinueWith(_ => process.Exit(ExitCodes.Failure), TaskScheduler.Default);
        using var signals = new StopSignals(process.Leave, () => process.Exit(ExitCodes.Terminated), options.ExitWithStandardInput);
        if (options.ExitWithStandardInput)
            StandardInput.WhenClosed(() => process.Exit(ExitCodes.Failure));

        var code = await process.RunAsync().ConfigureAwait(false);
        await GrpcServer.StopAsync(server).ConfigureAwait(false);
        return code;
    }

    private static string GrpcAddressOf(WebApplication server, WorkerOptions options)
    {
        var listening = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return $"http://{options.Host}:{new Uri(listening).Port}";
    }

    private static async Task<WebApplication> StartServerAsync(WorkerOptions options, ReductionOwner owner, ReplicaState state,
        CoordinatorAbsence absence)
    {
        var builder = WebApplication.CreateSlimBuilder();
        GrpcServer.Configure(builder, IPAddress.Parse(options.Bind ?? HostBinding.For(options.Host)), options.GrpcPort);
        builder.AddProcessHealth([ExchangeMethods.Service], () => absence.Length > TimeSpan.Zero
            ? $"no coordinator at {string.Join(", ", options.Seeds)}"
            : null);
        builder.Services.AddSingleton(owner);
        builder.Services.AddSingleton<IReplicaStateSource>(state);
        builder.Services.AddSingleton<ReductionService>();
        var app = builder.Build();
        app.MapGrpcService<ReductionService>();
        GrpcServer.MapCommonServices(app);
        await app.StartAsync().ConfigureAwait(false);
        return app;
    }

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Device auto: computing on the CPU, the best device that this "
        + "version computes on.")]
    private static partial void LogDevice(ILogger logger);
}
