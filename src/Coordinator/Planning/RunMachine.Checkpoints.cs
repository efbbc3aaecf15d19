using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>Checkpoints, and the end of the run.</summary>
public sealed partial class RunMachine
{
    /// <summary>
    /// Attempts at the last checkpoint. With <see cref="RetryPause"/> between them they take longer than the detection of a lost worker.
    /// </summary>
    private const int LastCheckpointAttempts = 10;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private bool _terminating;
    private long _checkpointUnderWay;
    private long _checkpointWanted;
    private string _wantedDigest = "";
    private CommittedStep? _wantedTaken;
    private long _checkpointGivenUp;
    private int _checkpointAttempts;
    private DateTime _retryAt = DateTime.MaxValue;

    /// <summary>Ends the run early: once the planned steps are done, a checkpoint is written and all workers are let go.</summary>
    public IReadOnlyList<Effect> Terminate(DateTime now)
    {
        _terminating = true;
        if (Phase == RunPhase.Training)
            Continue(now);
        else if (Phase == RunPhase.Waiting && _workers.Values.Any(w => w.Phase != WorkerPhase.Preparing && StepOf(w) > LastCheckpoint))
            Regroup(now); // too few to train, but their state is worth saving
        else if (Phase == RunPhase.Waiting)
            Finish("stopped as asked while waiting for workers", ExitCodes.Terminated);
        return Take();
    }

    /// <summary>Event: a checkpoint is on disk, or could not be written (<paramref name="failure"/> says why).</summary>
    public IReadOnlyList<Effect> CheckpointDone(long step, string? failure, DateTime now)
    {
        if (_checkpointUnderWay == step)
            _checkpointUnderWay = 0;
        _askedCheckpoints.RemoveWhere(asked => failure is null ? asked <= step : asked == step);
        if (failure is null)
            LastCheckpoint = Math.Max(LastCheckpoint, step);
        else
            LogCheckpointFailed(step, failure);
        if (Phase == RunPhase.Finished)
            return Take();
        if (failure is not null && Phase == RunPhase.Finishing && step == Committed)
        {
            // The worker may be lost without a sign so far. Another worker, or the next generation, has the same state.
            if (++_checkpointAttempts >= LastCheckpointAttempts)
                FinishAfterCheckpoint(failure);
            else
                _retryAt = now + RetryPause;
            return Take();
        }

        if (failure is not null)
            _checkpointGivenUp = step; // workers release the copy; the next regular checkpoint comes soon
        foreach (var worker in _workers.Values)
            Tell(worker, new ReleaseSnapshot { Step = step });
        OrderCheckpoint();
        SeekCheckpoint();
        RegroupWhenDrained(now);
        return Take();
    }

    private bool IsCheckpointDue(long step) =>
        step > 0 && (IsValidationDue(step) || IsOver(step) || _course.IsCheckpointStep(step));

    /// <summary>Orders the checkpoint that is due at the last committed step, or ends the run when that is done.</summary>
    private void OrderCheckpoint()
    {
        var due = Phase switch
        {
            RunPhase.Finishing => true,
            // While steps are skipped, the state is the one that led to gradients that are not finite: no checkpoint of it is wanted.
            RunPhase.Training => (IsCheckpointPlanned(Committed) || IsFarewell()) && _checkpointGivenUp != Committed && _goingBack is null
            && !_skipping,
            _ => false,
        };
        if (due && LastCheckpoint < Committed && _checkpointUnderWay != Committed && _checkpointWanted != Committed
            && _retryAt == DateTime.MaxValue)
        {
            if (_checkpointWanted > 0)
                Tell(_members[0], new ReleaseSnapshot { Step = _checkpointWanted }); // a newer one replaces it before its write began
            _checkpointWanted = Committed;
            _wantedDigest = _digests.Values.FirstOrDefault("");
            _wantedTaken = _lastEntered?.Step == Committed ? _lastEntered : null;
        }

        StartCheckpoint();
        if (Phase == RunPhase.Finishing && LastCheckpoint >= Committed)
            FinishAfterCheckpoint(null);
    }

    /// <summary>Writes the wanted checkpoint unless another is being written.</summary>
    private void StartCheckpoint()
    {
        if (_checkpointWanted == 0 || _checkpointUnderWay != 0 || _members.Count == 0)
            return;
        (_checkpointUnderWay, _checkpointWanted) = (_checkpointWanted, 0);
        // The first member keeps copies. At the end the states of all members are at rest, so each attempt may ask another member.
        var keeper = _members[_checkpointAttempts % _members.Count];
        _effects.Add(new Effect.WriteCheckpoint(_checkpointUnderWay, keeper.Id, _wantedDigest, _wantedTaken, _rewinds.Count));
    }

    private void RetryLastCheckpoint(DateTime now)
    {
        if (now < _retryAt)
            return;
        _retryAt = DateTime.MaxValue;
        if (Phase == RunPhase.Finishing)
            OrderCheckpoint();
    }

    /// <summary>
    /// Whether so many workers leave that the run will wait for others. The newest state may then be lost with them unless it is saved.
    /// </summary>
    private bool IsFarewell() =>
        _draining && Committed == _planned
        && _workers.Values.Count(w => w.Phase != WorkerPhase.Preparing && !w.Leaving) < _options.MinWorkers;

    private bool IsFarewellCheckpointUnderWay() => IsFarewell() && LastCheckpoint < Committed && _checkpointGivenUp != Committed;

    private void LogCheckpointFailed(long step, string failure)
    {
        var stop = failure.EndsWith('.') ? "" : ".";
        var follows = Phase == RunPhase.Finishing ? "it is tried again" : "training goes on, and the next one that is due is written";
        Log(true, $"Checkpoint of step {step} failed: {failure}{stop} The newest is of step {LastCheckpoint}; {follows}.");
    }

    private void FinishAfterCheckpoint(string? failure)
    {
        var over = IsOver(Committed);
        var what = over ? Ending : $"stopped as asked after step {Committed}";
        var code = failure is not null ? ExitCodes.Failure : over ? ExitCodes.Success : ExitCodes.Terminated;
        Finish(failure is null ? what : $"{what}, but the last checkpoint failed: {failure}", code);
    }

    private void Finish(string reason, int exitCode)
    {
        if (Phase == RunPhase.Finished)
            return;
        (Phase, ExitCode) = (RunPhase.Finished, exitCode);
        foreach (var worker in _workers.Values)
            Tell(worker, new RunFinished { Reason = reason, ExitCode = exitCode });
        _effects.Add(new Effect.Finish(reason, exitCode));
    }
}
