using Akka.Actor;
using Akka.Event;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Checkpoints;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Plans;
using Google.Protobuf;

namespace DistSeq2Seq.Coordinator.Membership;

/// <summary>
/// The shell around <see cref="RunMachine"/>: turns messages and time into events, and effects into messages, files and streams.
/// </summary>
/// <remarks>
/// A worker counts as present by its own announcements and reports alone. The view of other nodes of the cluster does not count: a worker
/// that just woke up takes all other nodes for unreachable.
/// </remarks>
public sealed partial class CoordinatorActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a finished coordinator stays, so that workers and watchers hear of it.</summary>
    private static readonly TimeSpan FarewellTime = TimeSpan.FromMilliseconds(500);

    private readonly CoordinatorServices _services;
    private readonly CoordinatedRun _run;
    private readonly RunMachine _machine;
    private readonly Dictionary<string, IActorRef> _refs = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _stopped = new();
    private readonly WorkerAdmission _admission;
    private readonly MessageCheck _check;
    private readonly Dictionary<string, long> _refused = [];
    private bool _terminating;

    /// <param name="services">Everything outside the actor.</param>
    /// <param name="newestCheckpoint">Step of the newest valid checkpoint; 0 for none.</param>
    public CoordinatorActor(CoordinatorServices services, long newestCheckpoint)
    {
        (_services, _run) = (services, services.Run);
        _machine = new RunMachine(_run.Options, _run.Schedule, _run.Journal.Generation, newestCheckpoint, _run.Journal.Validations,
            _run.Journal.LedgerStep, _run.Journal.Rewinds);
        _admission = new WorkerAdmission(_run.Folder.RunId, _run.Data.TrainCorpus.Digest);
        _check = new MessageCheck(_run.Options.MicroBatches, _run.Options.ValidationPieces);
        Receive<IMessage>(RefuseMalformed, message => _check.Problem(message) is not null);
        Receive<JoinRequest>(Welcome);
        Receive<WorkerReady>(MakeReady);
        Receive<Regrouped>(answer => Do(_machine.Regrouped(answer, Now)));
        Receive<Synchronized>(answer => Do(_machine.Synchronized(answer, Now)));
        Receive<Progress>(progress => Do(_machine.Progressed(progress, Now)));
        Receive<StepReport>(report => Do(_machine.Reported(report, Now)));
        Receive<ValidationReport>(report => Do(_machine.Validated(report, Now)));
        Receive<ExchangeFailed>(failure => Do(_machine.ExchangeFailed(failure, Now)));
        Receive<WorkerFailed>(failure => Do(_machine.Lost(failure.WorkerId, $"it failed: {failure.Reason}", Now)));
        Receive<Leaving>(LetGo);
        Receive<StreamBroken>(broken => Do(_machine.ExchangeFailed(
            new ExchangeFailed
            {
                WorkerId = broken.WorkerId,
                Generation = broken.Generation,
                Step = _machine.Committed + 1,
                Peer = "the coordinator",
                Reason = broken.Reason,
            }, Now)));
        Receive<CheckpointWritten>(Written);
        Receive<CheckpointFound>(found => Do(_machine.CheckpointFound(found.Step, Now)));
        Receive<SeekFailed>(failed => Do(_machine.SeekFailed(failed.Reason)));
        Receive<DrainTimeout>(_ => GiveUpDrain());
        Receive<Tick>(_ => Do(_machine.Tick(Now)));
        Receive<Stop>(_ => StopRun());
        Receive<RunControl.Request>(Obey);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private static DateTime Now => MonotonicClock.Now;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickInterval, TickInterval);
        var self = Self;
        _services.Control.Attach(request => self.Tell(request));
        _services.Owner.MemberLost += (generation, worker, reason) => self.Tell(new StreamBroken(worker, generation, reason));
        if (_machine.Phase == RunPhase.Finished)
            End($"{_machine.Ending}; nothing is left to do", ExitCodes.Success);
        Publish();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        RefuseWaiting();
        _stopped.Cancel();
        _stopped.Dispose();
        _services.Process.Ended();
    }

    private void RefuseMalformed(IMessage message)
    {
        var problem = _check.Problem(message)!;
        _log.Warning("Refused a message from {0}: {1}. Its sender is told to end.", Sender, problem);
        Refuse(new Refusal(RefusalReasons.Message, problem));
        Publish();
    }

    private void Refuse(Refusal refusal)
    {
        _refused[refusal.Kind] = _refused.GetValueOrDefault(refusal.Kind) + 1;
        Sender.Tell(new Refused { Reason = refusal.Reason, Final = true });
    }

    private void Welcome(JoinRequest request)
    {
        // Messages to or from an actor that is gone are lost. So the worker counts as a new one.
        if (_refs.TryGetValue(request.WorkerId, out var before) && !before.Equals(Sender))
            Do(_machine.Lost(request.WorkerId, "it came back with another actor system", Now));
        _refs[request.WorkerId] = Sender;
        Sender.Tell(new Heard());
        if (!_machine.Announced(request, _services.Process.Id, Now))
            return;
        if (_machine.Phase == RunPhase.Finished)
        {
            Dismiss();
            return;
        }

        if (_admission.Judge(request) is { } refusal)
        {
            Refuse(refusal);
            Do(_machine.Lost(request.WorkerId, refusal.Reason, Now));
            return;
        }

        _log.Info("Worker {0} (process {1} on {2}, {3}) is here", request.WorkerId, request.ProcessId, request.Host, request.GrpcAddress);
        Sender.Tell(new Welcome
        {
            RunId = _run.Folder.RunId,
            ConfigurationYaml = ConfigurationWriter.ToYaml(_run.Configuration),
            CoordinatorGrpcAddress = _run.Options.GrpcAddress,
            PreparedFolder = Path.GetFullPath(_run.Data.Path),
            CorpusFingerprint = _run.Data.Fingerprint,
            CoordinatorId = _services.Process.Id,
        });
        Publish();
    }

    private void MakeReady(WorkerReady ready)
    {
        if (_admission.Judge(ready) is { } refusal)
        {
            Refuse(refusal);
            Do(_machine.Lost(ready.WorkerId, refusal.Reason, Now));
            return;
        }

        Do(_machine.Ready(ready, Now));
    }

    private void LetGo(Leaving leaving)
    {
        if (_machine.Workers.Any(w => w.Id == leaving.WorkerId))
            Do(_machine.Leaving(leaving.WorkerId, Now));
        else
            Sender.Tell(new RunFinished { Reason = "left the run as asked", ExitCode = ExitCodes.Terminated });
    }

    /// <summary>SIGTERM: writes a checkpoint of the present step, then ends. The second time it ends at once.</summary>
    private void StopRun()
    {
        if (_terminating || _machine.Phase == RunPhase.Finished)
        {
            _services.Process.Exit(ExitCodes.Terminated);
            return;
        }

        _terminating = true;
        Timers.StartSingleTimer(nameof(DrainTimeout), new DrainTimeout(),
            TimeSpan.FromSeconds(_run.Configuration.Cluster.Timeouts.Drain));
        _services.Board.Say("asked to stop: writing a checkpoint first");
        Do(_machine.Terminate(Now));
        Publish(); // shows that it was asked, if nothing else has changed
    }

    private void GiveUpDrain()
    {
        _log.Error("Not saved within {0} s (cluster.timeouts.drain): ending at once. The run is at step {1}, its newest checkpoint is of "
            + "step {2}; the same command goes on from there.",
            _run.Configuration.Cluster.Timeouts.Drain, _machine.Committed, _machine.LastCheckpoint);
        _services.Process.Exit(ExitCodes.Terminated);
    }

    private void End(string reason, int code)
    {
        _services.Board.Say(reason);
        if (code == ExitCodes.Success)
            _log.Info("Finished: {0}", reason);
        else if (code == ExitCodes.Terminated)
            _log.Info("Stopped: {0}", reason);
        else
            _log.Error("Failed: {0}", reason);
        // The messages to the workers go out before the system does.
        Timers.StartSingleTimer(nameof(Farewell), new Farewell(code), FarewellTime);
        Become(Finished);
    }

    private void Finished()
    {
        Receive<Farewell>(farewell => _services.Process.Exit(farewell.Code));
        Receive<JoinRequest>(_ => Dismiss());
        Receive<Stop>(_ => _services.Process.Exit(ExitCodes.Terminated));
        Receive<RunControl.Request>(Obey);
        ReceiveAny(_ => { });
    }

    /// <summary>A worker that comes after the end leaves with the run's exit code, as the members did.</summary>
    private void Dismiss() =>
        Sender.Tell(new RunFinished
        {
            Reason = $"the run is {StateTexts.Of(_machine).Words()}",
            ExitCode = _machine.ExitCode ?? ExitCodes.Success,
        });

    private void Publish() => _services.Board.Publish(_machine, _run.Schedule, _admission.Layout?.Count ?? 0,
        _services.Owner.Refused, _refused);

    /// <summary>Asks the coordinator to write a checkpoint and end (SIGTERM).</summary>
    public sealed class Stop
    {
        /// <summary>The only instance.</summary>
        public static readonly Stop Instance = new();
    }

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }

    private sealed record StreamBroken(string WorkerId, long Generation, string Reason);

    /// <param name="Step">Of the checkpoint.</param>
    /// <param name="Failure">Why there is none; null when it is on disk.</param>
    /// <param name="Kept">Why older ones are still there; null when nothing went wrong.</param>
    private sealed record CheckpointWritten(long Step, string? Failure, string? Kept);

    private sealed record CheckpointFound(long Step);

    private sealed record SeekFailed(string Reason);

    private sealed record DrainTimeout;

    private sealed record Farewell(int Code);
}
