using DistSeq2Seq.Configuration;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>Where a run is.</summary>
public enum RunPhase
{
    /// <summary>Too few workers.</summary>
    Waiting,

    /// <summary>A new generation: everybody gives up the old one and says where it is.</summary>
    Regrouping,

    /// <summary>Members take over the common state.</summary>
    Synchronizing,

    /// <summary>Steps.</summary>
    Training,

    /// <summary>Losses of the validation split.</summary>
    Validating,

    /// <summary>All steps taken; the last checkpoint is being written.</summary>
    Finishing,

    /// <summary>Over.</summary>
    Finished,
}

/// <summary>
/// The coordinator's decisions, without input or output: membership and generations, planning of steps, validations and
/// checkpoints. Every method takes an event and returns what is to be done, in order.
/// </summary>
/// <remarks>
/// Membership protocol (design, section 5): Regroup to all, Regrouped with the replica's position from each, ExchangePlan with
/// the most advanced position to the members, Synchronized with the replica digest from each, then steps.
/// </remarks>
public sealed partial class RunMachine
{
    private readonly RunOptions _options;
    private readonly StepSchedule _schedule;
    private readonly SortedDictionary<string, WorkerEntry> _workers = new(StringComparer.Ordinal);
    private readonly List<Effect> _effects = [];
    private readonly long _checkpointStep;
    private List<WorkerEntry> _members = [];
    private DateTime _lastProgress;
    private bool _draining;
    private long _highestHeard;

    /// <param name="options">The run.</param>
    /// <param name="schedule">Where steps stand in the corpus.</param>
    /// <param name="generation">Highest generation of the journal.</param>
    /// <param name="checkpointStep">Step of the newest valid checkpoint; 0 for none.</param>
    /// <param name="validations">Validations so far.</param>
    public RunMachine(RunOptions options, StepSchedule schedule, long generation, long checkpointStep, IEnumerable<(long Step, double Loss, long Tokens)> validations)
    {
        (_options, _schedule, Generation, _checkpointStep) = (options, schedule, generation, checkpointStep);
        Committed = checkpointStep;
        foreach (var validation in validations)
            _validations[validation.Step] = (validation.Loss, validation.Tokens);
        LastCheckpoint = checkpointStep;
        if (checkpointStep > 0 && schedule.IsOver(checkpointStep))
            Phase = RunPhase.Finished;
    }

    /// <summary>Where the run is.</summary>
    public RunPhase Phase { get; private set; } = RunPhase.Waiting;

    /// <summary>Fencing number of the membership.</summary>
    public long Generation { get; private set; }

    /// <summary>Steps that every member has applied.</summary>
    public long Committed { get; private set; }

    /// <summary>Step of the last checkpoint written.</summary>
    public long LastCheckpoint { get; private set; }

    /// <summary>Workers lost so far.</summary>
    public long WorkersLost { get; private set; }

    /// <summary>Messages refused because of an old generation.</summary>
    public long StaleMessages { get; private set; }

    /// <summary>Workers known, by UUID.</summary>
    public IReadOnlyCollection<WorkerEntry> Workers => _workers.Values;

    /// <summary>Members in rank order.</summary>
    public IReadOnlyList<WorkerEntry> Members => _members;

    /// <summary>Whether sums are finished by the coordinator.</summary>
    public bool IsStar => _options.Topology == Topology.Star;

    /// <summary>A worker says that it is there.</summary>
    /// <returns>Whether it is new, so that it must be welcomed.</returns>
    public bool Announced(JoinRequest request, DateTime now)
    {
        if (_workers.TryGetValue(request.WorkerId, out var known))
        {
            known.LastHeard = now;
            return false;
        }

        _workers[request.WorkerId] = new WorkerEntry(request.WorkerId, request.Host, request.GrpcAddress, request.ProcessId) { LastHeard = now };
        _highestHeard = Math.Max(_highestHeard, request.HighestGeneration);
        return true;
    }

    /// <summary>A worker has mapped the corpus and built the model.</summary>
    public IReadOnlyList<Effect> Ready(WorkerReady ready, DateTime now)
    {
        if (!_workers.TryGetValue(ready.WorkerId, out var worker))
            return [];
        worker.LastHeard = now;
        if (worker.Phase != WorkerPhase.Preparing)
            return [];
        worker.Phase = WorkerPhase.Ready;
        worker.Position = ready.Position;
        _highestHeard = Math.Max(_highestHeard, ready.HighestGeneration);
        if (Phase == RunPhase.Regrouping)
            Tell(worker, new Regroup { Generation = Generation });
        else
            ConsiderMembership(now);
        return Take();
    }

    /// <summary>A worker has given up older generations.</summary>
    public IReadOnlyList<Effect> Regrouped(Regrouped answer, DateTime now)
    {
        if (!Current(answer.WorkerId, answer.Generation, now, out var worker) || Phase != RunPhase.Regrouping)
            return Take();
        worker.Regrouped = true;
        worker.Position = answer.Position;
        SynchronizeWhenAllAnswered(now);
        return Take();
    }

    /// <summary>A member holds the common state.</summary>
    public IReadOnlyList<Effect> Synchronized(Synchronized answer, DateTime now)
    {
        if (!Current(answer.WorkerId, answer.Generation, now, out var worker) || Phase != RunPhase.Synchronizing)
            return Take();
        worker.Synchronized = true;
        worker.Position = new ReplicaPosition { HasState = true, Step = answer.Step, RunId = _options.RunId };
        _digests[worker.Id] = answer.ReplicaDigest;
        if (_members.All(m => m.Synchronized))
        {
            RequireEqualDigests(answer.Step);
            BeginTraining(now);
        }

        return Take();
    }

    /// <summary>A worker is gone, for whatever reason.</summary>
    public IReadOnlyList<Effect> Lost(string workerId, string reason, DateTime now)
    {
        if (_workers.TryGetValue(workerId, out var worker))
            Remove(worker, reason, now);
        return Take();
    }

    /// <summary>A member cannot finish an exchange: the others are asked, and whoever does not answer is lost.</summary>
    public IReadOnlyList<Effect> ExchangeFailed(ExchangeFailed failure, DateTime now)
    {
        if (!Current(failure.WorkerId, failure.Generation, now, out _) || Phase is RunPhase.Regrouping or RunPhase.Waiting or RunPhase.Finished)
            return Take();
        Log(true, $"Worker {failure.WorkerId} could not exchange step {failure.Step} with {failure.Peer}: {failure.Reason}. Regrouping.");
        Regroup(now);
        return Take();
    }

    /// <summary>A worker wants to be left out; it is let go once the planned steps are done.</summary>
    public IReadOnlyList<Effect> Leaving(string workerId, DateTime now)
    {
        if (!_workers.TryGetValue(workerId, out var worker))
            return [];
        worker.Leaving = true;
        if (!_members.Contains(worker))
            LetGo(worker);
        else
            Drain(now);
        return Take();
    }

    /// <summary>Time passes: silent workers and stuck steps.</summary>
    public IReadOnlyList<Effect> Tick(DateTime now)
    {
        foreach (var silent in _workers.Values.Where(w => now - w.LastHeard > _options.HeartbeatTimeout).ToArray())
            Remove(silent, $"no sign of life for {(now - silent.LastHeard).TotalSeconds:F1} s (timeout {_options.HeartbeatTimeout.TotalSeconds} s)", now);
        if (Phase is RunPhase.Training or RunPhase.Validating or RunPhase.Synchronizing or RunPhase.Regrouping && now - _lastProgress > _options.StepTimeout)
            GiveUpOnSlowest(now);
        return Take();
    }

    private void Remove(WorkerEntry worker, string reason, DateTime now)
    {
        _workers.Remove(worker.Id);
        WorkersLost++;
        Log(true, $"Lost worker {worker.Id} (process {worker.ProcessId} on {worker.Host}): {reason}");
        if (Phase is RunPhase.Finished)
            return;
        if (_members.Contains(worker) || Phase == RunPhase.Regrouping)
            Regroup(now);
    }

    private void GiveUpOnSlowest(DateTime now)
    {
        _lastProgress = now;
        var slowest = Phase switch
        {
            RunPhase.Regrouping => _workers.Values.Where(w => !w.Regrouped && w.Phase != WorkerPhase.Preparing),
            RunPhase.Synchronizing => _members.Where(m => !m.Synchronized),
            _ => _members.Where(m => m.Position.Step == _members.Min(o => o.Position.Step)),
        };
        foreach (var worker in slowest.Take(1).ToArray())
        {
            Tell(worker, new Refused { Reason = "no progress for too long", Final = false });
            Remove(worker, $"no progress for {_options.StepTimeout.TotalSeconds} s while {Phase.ToString().ToLowerInvariant()}", now);
        }
    }

    /// <summary>Starts a generation when membership should change: enough workers, or room for a further one.</summary>
    private void ConsiderMembership(DateTime now)
    {
        var able = _workers.Values.Count(w => w.Phase != WorkerPhase.Preparing && !w.Leaving);
        if (Phase == RunPhase.Waiting)
        {
            if (able >= _options.MinWorkers)
                Regroup(now);
        }
        else if (Phase is RunPhase.Training or RunPhase.Validating && _members.Count < Math.Min(able, _options.MaxWorkers))
        {
            Drain(now);
        }
    }

    /// <summary>Plans no further steps; once the planned ones are done, a new generation begins. So a change costs no step.</summary>
    private void Drain(DateTime now)
    {
        _draining = true;
        RegroupWhenDrained(now);
    }

    private void RegroupWhenDrained(DateTime now)
    {
        if (_draining && Phase == RunPhase.Training && Committed == _planned)
            Regroup(now);
    }

    private void Regroup(DateTime now)
    {
        foreach (var worker in _workers.Values.Where(w => w.Leaving).ToArray())
            LetGo(worker);
        Generation = Math.Max(Generation, _highestHeard) + 1;
        _draining = false;
        _members = [];
        _lastProgress = now;
        _effects.Add(new Effect.RecordGeneration(Generation));
        _effects.Add(new Effect.AbandonExchange(Generation));
        var asked = _workers.Values.Where(w => w.Phase != WorkerPhase.Preparing).ToArray();
        foreach (var worker in asked)
        {
            (worker.Phase, worker.Regrouped, worker.Synchronized) = (WorkerPhase.Ready, false, false);
            Tell(worker, new Regroup { Generation = Generation });
        }

        Phase = asked.Length >= _options.MinWorkers ? RunPhase.Regrouping : RunPhase.Waiting;
        if (Phase == RunPhase.Waiting)
            Log(true, $"{asked.Length} of at least {_options.MinWorkers} workers are there: waiting for more");
    }

    private void SynchronizeWhenAllAnswered(DateTime now)
    {
        var answered = _workers.Values.Where(w => w.Phase == WorkerPhase.Ready).ToArray();
        if (!answered.All(w => w.Regrouped))
            return;

        // The most advanced first: where there are more workers than places, state is worth more than a name.
        _members = [.. answered.OrderByDescending(StepOf).ThenBy(w => w.Id, StringComparer.Ordinal).Take(_options.MaxWorkers).OrderBy(w => w.Id, StringComparer.Ordinal)];
        var plan = NewPlan();
        Phase = RunPhase.Synchronizing;
        _lastProgress = now;
        _digests.Clear();
        if (IsStar)
            _effects.Add(new Effect.OwnShards(plan));
        foreach (var member in _members)
        {
            member.Phase = WorkerPhase.Member;
            Tell(member, plan);
        }
    }

    private long StepOf(WorkerEntry worker) =>
        worker.Position.HasState && worker.Position.RunId == _options.RunId ? worker.Position.Step : -1;

    private ExchangePlan NewPlan()
    {
        var ranges = WorkSplit.Divide(_options.MicroBatches, Speeds());
        var plan = new ExchangePlan
        {
            Generation = Generation,
            MicroBatches = _options.MicroBatches,
            BucketElements = _options.BucketElements,
            ChunkElements = _options.ChunkElements,
        };
        foreach (var (member, range) in _members.Zip(ranges))
        {
            member.Range = range;
            plan.Members.Add(new Member { WorkerId = member.Id, GrpcAddress = member.GrpcAddress, FirstMicroBatch = range.First, EndMicroBatch = range.End });
        }

        if (IsStar)
            plan.Owners.Add(new Owner { GrpcAddress = _options.GrpcAddress });
        else
            plan.Owners.AddRange(_members.Select(m => new Owner { WorkerId = m.Id, GrpcAddress = m.GrpcAddress }));
        ChooseState(plan);
        return plan;
    }

    /// <summary>The most advanced state there is: a member's, else the newest checkpoint, else the beginning.</summary>
    private void ChooseState(ExchangePlan plan)
    {
        var ahead = _members.MaxBy(StepOf)!;
        var checkpoint = Math.Max(_checkpointStep, LastCheckpoint);
        if (StepOf(ahead) >= 0 && StepOf(ahead) >= checkpoint)
            (plan.Step, plan.Source, plan.SourceAddress) = (StepOf(ahead), StateSource.Peer, ahead.GrpcAddress);
        else if (checkpoint > 0)
            (plan.Step, plan.Source, plan.SourceAddress) = (checkpoint, StateSource.Checkpoint, _options.GrpcAddress);
        else
            (plan.Step, plan.Source) = (0, StateSource.Fresh);
    }

    private double[] Speeds()
    {
        // One unknown speed makes the others' ratios meaningless: then everybody gets the same.
        var known = _members.All(m => m.Speed > 0);
        return [.. _members.Select(m => known ? m.Speed : 1)];
    }

    private void LetGo(WorkerEntry worker)
    {
        _workers.Remove(worker.Id);
        Log(false, $"Worker {worker.Id} (process {worker.ProcessId} on {worker.Host}) leaves the run");
        Tell(worker, new RunFinished { Reason = "left the run as asked", ExitCode = ExitCodes.Terminated });
    }

    private bool Current(string workerId, long generation, DateTime now, out WorkerEntry worker)
    {
        var known = _workers.TryGetValue(workerId, out worker!);
        if (known)
            worker.LastHeard = now;
        if (known && generation == Generation)
            return true;
        StaleMessages++;
        return false;
    }

    private void Tell(WorkerEntry worker, Google.Protobuf.IMessage message) => _effects.Add(new Effect.Tell(worker.Id, message));

    private void Log(bool warning, string text) => _effects.Add(new Effect.Log(warning, text));

    private Effect[] Take()
    {
        var effects = _effects.ToArray();
        _effects.Clear();
        return effects;
    }
}
