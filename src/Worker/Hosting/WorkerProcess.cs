using System.Net;
using Akka.Actor;
using Akka.Cluster;
using DistSeq2Seq.Hosting.Actors;
using DistSeq2Seq.Hosting.Servers;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Worker.Training;
using Microsoft.Extensions.Logging;

namespace DistSeq2Seq.Worker.Hosting;

/// <summary>
/// The actor systems of a worker process, one after the other. A node that the cluster has taken for dead, or that has lost its
/// coordinator, cannot come back as what it was: it gets a new actor system. Replica, gRPC server and training thread live on.
/// </summary>
/// <param name="worker">The parts that outlive the actor systems.</param>
/// <param name="grpcAddress">Where this process serves gRPC.</param>
/// <param name="training">The training thread.</param>
/// <param name="absence">How long there has been no coordinator.</param>
/// <param name="loggers">Makes the logs of the actor systems.</param>
internal sealed partial class WorkerProcess(
    WorkerContext worker, string grpcAddress, TrainingThread training, CoordinatorAbsence absence, ILoggerFactory loggers)
{
    /// <summary>How long a leaving worker takes to say goodbye to the cluster, and a failed actor's system to end.</summary>
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(3);

    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private IActorRef _actor = ActorRefs.Nobody;
    private bool _leaving;

    /// <summary>
    /// Ends the process with a code. A worker that is to stay (<see cref="WorkerOptions.Stay"/>) does not end with success.
    /// </summary>
    public void Exit(int code)
    {
        if (code != ExitCodes.Success || !worker.Options.Stay)
            _exit.TrySetResult(code);
    }

    /// <summary>Asks the worker to leave the run, now or as soon as its actor is there.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _leaving = true;
            _actor.Tell(WorkerActor.Leave.Instance);
        }
    }

    /// <summary>Takes part in the cluster until the process ends.</summary>
    /// <returns>An exit code (<see cref="ExitCodes"/>).</returns>
    public async Task<int> RunAsync()
    {
        while (!_exit.Task.IsCompleted)
            await LiveAsync().ConfigureAwait(false);
        return await _exit.Task.ConfigureAwait(false);
    }

    /// <summary>One actor system, until it is to be replaced or the process ends.</summary>
    private async Task LiveAsync()
    {
        var rejoin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await ActorNodeHost.StartAsync(Node(), loggers).ConfigureAwait(false);
        var system = host.System;
        var end = new WorkerEnd(Exit, () => rejoin.TrySetResult(), () => ended.TrySetResult());
        Adopt(system.ActorOf(Props.Create(() => new WorkerActor(worker, grpcAddress, training, absence, end)), NodeRoles.Worker));

        await Task.WhenAny(_exit.Task, rejoin.Task, ended.Task, system.WhenTerminated).ConfigureAwait(false);
        if (ended.Task.IsCompleted && !_exit.Task.IsCompleted && !rejoin.Task.IsCompleted)
            await JudgeEndAsync(system).ConfigureAwait(false);
        if (_exit.Task is { IsCompleted: true, Result: ExitCodes.Terminated })
            await Cluster.Get(system).LeaveAsync().WaitAsync(FarewellTime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Adopt(IActorRef actor)
    {
        lock (_lock)
        {
            _actor = actor;
            if (_leaving)
                actor.Tell(WorkerActor.Leave.Instance);
        }
    }

    /// <summary>
    /// Tells an actor that ended with its system, which is replaced, from one that failed. A failed actor is not built anew, because the
    /// values that it would start from are out of date.
    /// </summary>
    private async Task JudgeEndAsync(ActorSystem system)
    {
        await system.WhenTerminated.WaitAsync(FarewellTime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!system.WhenTerminated.IsCompleted && _exit.TrySetResult(ExitCodes.Failure))
            LogActorFailed(worker.Logger);
    }

    private ActorNode Node() => new()
    {
        Role = NodeRoles.Worker,
        Host = worker.Options.Host,
        Bind = IPAddress.Parse(worker.Options.Bind ?? HostBinding.For(worker.Options.Host)),
        Port = worker.Options.AkkaPort,
        Seeds = worker.Options.Seeds,
        HeartbeatPauseSeconds = WorkerHost.HeartbeatPauseSeconds,
    };

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "The worker's actor failed (the error above): ending with exit code 1. "
        + "Start this worker again.")]
    private static partial void LogActorFailed(ILogger logger);
}
