using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>Phase of a run.</summary>
public enum RunPhase
{
    /// <summary>There are too few workers.</summary>
    Waiting,

    /// <summary>A new generation: all workers give up the old one and report their positions.</summary>
    Regrouping,

    /// <summary>Members take over the common state.</summary>
    Synchronizing,

    /// <summary>Members take steps.</summary>
    Training,

    /// <summary>Members compute the losses of the validation split.</summary>
    Validating,

    /// <summary>All steps taken; the last checkpoint is being written.</summary>
    Finishing,

    /// <summary>The run has ended.</summary>
    Finished,
}

/// <summary>
/// The coordinator's decisions, without input or output: membership and generations, planning of steps, validations and
/// checkpoints. Every method takes an event and returns the actions that follow, in order.
/// </summary>
/// <remarks>
/// Membership protocol: Regroup to all, Regrouped with the replica's position from each, ExchangePlan with
/// the most advanced position to the members, Synchronized with the replica digest from each, then steps.
/// </remarks>
public sealed partial class RunMachine
{
    /// <summary>Longest wait for the answer to a Welcome before the Welcome is sent again.</summary>
    private static readonly TimeSpan WelcomePatience = TimeSpan.FromSeconds(2);

    private readonly RunOptions _options;
    private readonly StepSchedule _schedule;
    private readonly TrainingCourse _course;
    private readonly SortedDictionary<string, WorkerEntry> _workers = new(StringComparer.Ordinal);
    private readonly List<Effect> _effects = [];
    private long _checkpointStep;
    private List<WorkerEntry> _members = [];
    private DateTime _lastProgress;
    private bool _draining;
    private long _highestHeard;
    private long _commonStep;

    /// <param name="options">The run.</param>
    /// <param name="schedule">Places of steps in the corpus.</param>
    /// <param name="generation">Highest generation of the journal.</param>
    /// <param name="checkpointStep">Step of the newest valid checkpoint; 0 for none.</param>
    /// <param name="validations">Validations so far.</param>
    /// <param name="ledgerStep">The ledger holds steps 1 to this one; 0 for none.</param>
    /// <param name="rewinds">Rewinds so far, oldest first.</param>
    public RunMachine(RunOptions options, StepSchedule schedule, long generation, long checkpointStep,
        IEnumerable<(long Step, double Loss, long Tokens, double? Bleu)> validations, long ledgerStep = 0,
        IEnumerable<Rewind>? rewinds = null)
    {
        (_options, _schedule, Generation, _checkpointStep, _ledgerStep) = (options, schedule, generation, checkpointStep, ledgerStep);
        _course = new TrainingCourse(options.Training, options.CheckpointEvery, schedule);
        Committed = checkpointStep;
        _rewinds.AddRange(rewinds ?? []);
        foreach (var validation in validations)
            _validations[validation.Step] = (validation.Loss, validation.Tokens, validation.Bleu);
        LastCheckpoint = checkpointStep;
        if (checkpointStep > 0 && IsOver(checkpointStep) && !LacksValidation(checkpointStep))
            (Phase, ExitCode) = (RunPhase.Finished, ExitCodes.Success);
    }

    /// <summary>Phase of the run.</summary>
    public RunPhase Phase { get; private set; } = RunPhase.Waiting;

    /// <summary>Exit code of the run (<see cref="ExitCodes"/>); null before its end.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Whether training ended before the last step because validations no longer improved.</summary>
    public bool StoppedEarly => _course.StopsEarly(Committed, Losses);

    /// <summary>Fencing number of the membership.</summary>
    public long Generation { get; private set; }

    /// <summary>Last step that every member has applied.</summary>
    public long Committed { get; private set; }

    /// <summary>Step of the last checkpoint written.</summary>
    public long LastCheckpoint { get; private set; }

    /// <summary>Workers lost so far.</summary>
    public long WorkersLost { get; private set; }

    /// <summary>Messages refused because of an old generation.</summary>
    public long StaleMessages { get; private set; }

    /// <summary>Streams and chunks of the exchange that workers refused.</summary>
    public long RefusedByWorkers { get; private set; }

    /// <summary>Workers known, by UUID.</summary>
    public IReadOnlyCollection<WorkerEntry> Workers => _workers.Values;

    /// <summary>Members in rank order.</summary>
    public IReadOnlyList<WorkerEntry> Members => _members;

    /// <summary>Event: a worker announces itself.</summary>
    /// <param name="request">The announcement.</param>
    /// <param name="coordinatorId">Identity of this coordinator, as in the Welcome.</param>
    /// <param name="now">The time.</param>
    /// <returns>Whether to send a Welcome: the worker is new, or the last Welcome or its answer seems to be lost.</returns>
    public bool Announced(JoinRequest request, string coordinatorId, DateTime now)
    {
        if (_workers.TryGetValue(request.WorkerId, out var known))
        {
            known.LastHeard = now;
            if (known.Phase != WorkerPhase.Preparing || request.PreparingFor == coordinatorId || now - known.Welcomed < WelcomePatience)
                return false;
            known.Welcomed = now;
            return true;
        }

        _workers[request.WorkerId] = new WorkerEntry(request.WorkerId, request.Host, request.GrpcAddress, request.ProcessId)
        { LastHeard = now, Welcomed = now };
        _highestHeard = Math.Max(_highestHeard, request.HighestGeneration);
        return true;
    }

    /// <summary>Event: a worker has mapped the corpus and built the model.</summary>
    public IReadOnlyList<Effect> Ready(WorkerReady ready, DateTime now)
    {
        if (!_workers.TryGetValue(ready.WorkerId, out var worker))
            return [];
        worker.LastHeard = now;
        if (worker.Phase != WorkerPhase.Preparing)
            return [];
        worker.Phase = WorkerPhase.Ready;
        worker.Position = ready.Position;
        TakeSize(ready);
        _highestHeard = Math.Max(_highestHeard, ready.HighestGeneration);
        if (Phase == RunPhase.Regrouping && _highestHeard >= Generation)
            Regroup(now); // it ignores a generation that is not newer than the highest that it has heard of
        else if (Phase == RunPhase.Regrouping)
            Tell(worker, new Regroup { Generation = Generation });
        else
            ConsiderMembership(now);
        return Take();
    }

    /// <summary>A worker makes progress with its work.</summary>
    public IReadOnlyList<Effect> Progressed(Progress progress, DateTime now)
    {
        if (Hear(progress.WorkerId, progress.Generation, now, out var worker))
            Advance(worker, now);
        return Take();
    }

    /// <summary>Event: a worker has given up older generations.</summary>
    public IReadOnlyList<Effect> Regrouped(Regrouped answer, DateTime now)
    {
        if (!Hear(answer.WorkerId, answer.Generation, now, out var worker) || Phase != RunPhase.Regrouping)
            return Take();
        worker.Regrouped = true;
        worker.Position = answer.Position;
        Advance(worker, now);
        SynchronizeWhenAllAnswered(now);
        return Take();
    }

    /// <summary>Event: a member holds the common state.</summary>
    public IReadOnlyList<Effect> Synchronized(Synchronized answer, DateTime now)
    {
        if (!Hear(answer.WorkerId, answer.Generation, now, out var worker) || Phase != RunPhase.Synchronizing)
            return Take();
        if (answer.Step != _commonStep)
        {
            Remove(worker, $"it took over the state of step {answer.Step}, but the plan says step {_commonStep}", now);
            return Take();
        }

        worker.Synchronized = true;
        Advance(worker, now);
        worker.Position = new ReplicaPosition { HasState = true, Step = answer.Step, RunId = _options.RunId, History = _rewinds.Count };
        _digests[worker.Id] = answer.ReplicaDigest;
        if (_members.All(m => m.Synchronized) && AreDigestsEqual(answer.Step))
            BeginTraining(now);

        return Take();
    }

    /// <summary>Event: a worker is lost.</summary>
    public IReadOnlyList<Effect> Lost(string workerId, string reason, DateTime now)
    {
        if (_workers.TryGetValue(workerId, out var worker))
            Remove(worker, reason, now);
        return Take();
    }

    /// <summary>A member cannot finish an exchange: the others are asked, and a worker that does not answer is lost.</summary>
    public IReadOnlyList<Effect> ExchangeFailed(ExchangeFailed failure, DateTime now)
    {
        if (!Hear(failure.WorkerId, failure.Generation, now, out _) || Phase is RunPhase.Regrouping or RunPhase.Waiting
            or RunPhase.Finished)
            return Take();
        var pause = PauseAfterFailure(now);
        Log(true, $"Worker {failure.WorkerId} could not exchange step {failure.Step} with {failure.Peer}: {failure.Reason}. Regrouping"
            + (pause > TimeSpan.Zero ? $" after a pause of {pause.TotalSeconds} s: {_fruitless} generations in a row took no step." : "."));
        Regroup(now);
        return Take();
    }

    /// <summary>A worker asks to leave, and repeats it until it is let go, which is once the planned steps are done.</summary>
    public IReadOnlyList<Effect> Leaving(string workerId, DateTime now)
    {
        if (!_workers.TryGetValue(workerId, out var worker))
            return [];
        worker.LastHeard = now;
        if (worker.Leaving)
            return [];
        worker.Leaving = true;
        if (_terminating || Phase == RunPhase.Finished)
            return Take(); // the last checkpoint may need it; all workers are let go at the end
        if (Phase == RunPhase.Regrouping)
            Regroup(now); // the others must not wait for the leaving worker's answer
        else if (!_members.Contains(worker))
            LetGo(worker);
        else
            Drain(now);
        return Take();
    }

    /// <summary>Event: time has passed. Handles silent workers, stuck steps, and the next attempt at the last checkpoint.</summary>
    public IReadOnlyList<Effect> Tick(DateTime now)
    {
        foreach (var silent in _workers.Values.Where(w => now - w.LastHeard > _options.HeartbeatTimeout).ToArray())
            Remove(silent, $"no sign of life for {(now - silent.LastHeard).TotalSeconds:F1} s (cluster.timeouts.heartbeat "
                + $"is {_options.HeartbeatTimeout.TotalSeconds} s)", now);
        if (Phase is RunPhase.Training or RunPhase.Validating or RunPhase.Synchronizing or RunPhase.Regrouping
            && now - _lastProgress > _options.StepTimeout)
            GiveUpOnSlowest(now);
        if (Phase == RunPhase.Regrouping)
            SynchronizeWhenAllAnswered(now); // a pause after failed exchanges may be over
        RetryLastCheckpoint(now);
        return Take();
    }

    /// <summary>Notes that a worker gave a sign of life, and tells whether its message is of the present generation.</summary>
    private bool Hear(string workerId, long generation, DateTime now, out WorkerEntry worker)
    {
        var known = _workers.TryGetValue(workerId, out worker!);
        if (known)
            worker.LastHeard = now;
        if (known && generation == Generation)
            return true;
        StaleMessages++;
        return false;
    }

    /// <summary>Notes progress of a worker: neither the worker nor the run is stuck.</summary>
    private void Advance(WorkerEntry worker, DateTime now) => worker.LastProgress = _lastProgress = now;

    private void Tell(WorkerEntry worker, Google.Protobuf.IMessage message) => _effects.Add(new Effect.Tell(worker.Id, message));

    private void Log(bool warning, string text) => _effects.Add(new Effect.Log(warning, text));

    private Effect[] Take()
    {
        var effects = _effects.ToArray();
        _effects.Clear();
        return effects;
    }
}
