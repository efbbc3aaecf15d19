using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>The members of a generation, and the state that they begin with.</summary>
public sealed partial class RunMachine
{
    /// <summary>The pauses between generations that take no step.</summary>
    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(16));

    private int _fruitless;
    private DateTime _resumeAt = DateTime.MinValue;

    /// <summary>
    /// An exchange failed. The first time that is a death, and there is no pause. When generation after generation takes no step, it is
    /// a fault that stays (two hosts that do not reach each other), and regrouping at full speed would only bury it in messages.
    /// </summary>
    private TimeSpan PauseAfterFailure(DateTime now)
    {
        var pause = Pauses.After(_fruitless);
        _fruitless++;
        _resumeAt = now + pause;
        return pause;
    }

    private void Remove(WorkerEntry worker, string reason, DateTime now)
    {
        _workers.Remove(worker.Id);
        WorkersLost++;
        var regroups = Phase != RunPhase.Finished && (_members.Contains(worker) || Phase == RunPhase.Regrouping);
        Log(true, $"Lost worker {worker.Id} (process {worker.ProcessId} on {worker.Host}): {reason}. "
            + (regroups
                ? $"The others regroup and go on behind step {Committed}."
                : "It had no part in the training: nothing is taken again."));
        if (regroups)
            Regroup(now);
    }

    private void GiveUpOnSlowest(DateTime now)
    {
        _lastProgress = now;
        if (Phase == RunPhase.Training && Committed < _planned && _members.All(m => m.Position.Step >= _planned))
        {
            Log(true, $"Every member has taken step {_planned}, but step {Committed + 1} is not committed: a report was lost. Regrouping.");
            Regroup(now);
            return;
        }

        var slowest = Phase switch
        {
            RunPhase.Regrouping => _workers.Values.Where(w => !w.Regrouped && w.Phase != WorkerPhase.Preparing),
            RunPhase.Synchronizing => _members.Where(m => !m.Synchronized),
            RunPhase.Validating => _members.Where(m => !_validated.Contains(m.Id)),
            _ => _members.Where(m => m.Position.Step < _planned),
        };
        foreach (var worker in slowest.OrderBy(w => w.LastProgress).ThenBy(w => w.Position.Step).Take(1).ToArray())
        {
            Tell(worker, new Refused
            {
                Reason = $"no progress for {_options.StepTimeout.TotalSeconds} s (cluster.timeouts.step)",
                Final = false,
            });
            Remove(worker, $"no progress for {_options.StepTimeout.TotalSeconds} s (cluster.timeouts.step) "
                + $"while {Phase.ToString().ToLowerInvariant()}", now);
        }
    }

    /// <summary>Starts a generation when a waiting run has enough workers, or when a further worker can become a member.</summary>
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

    /// <summary>Plans no further steps; a new generation begins after the planned ones. So the change loses no step.</summary>
    private void Drain(DateTime now)
    {
        _draining = true;
        OrderCheckpoint();
        RegroupWhenDrained(now);
    }

    private void RegroupWhenDrained(DateTime now)
    {
        if (_draining && _goingBack is null && Phase == RunPhase.Training && Committed == _planned && !IsFarewellCheckpointUnderWay())
            Regroup(now);
    }

    private void Regroup(DateTime now)
    {
        foreach (var worker in _workers.Values.Where(w => w.Leaving && !_terminating).ToArray())
            LetGo(worker);
        Generation = Math.Max(Generation, _highestHeard) + 1;
        _draining = false;
        _members = [];
        _checkpointWanted = 0; // workers drop its copy with the generation
        _lastProgress = now;
        _effects.Add(new Effect.RecordGeneration(Generation));
        _effects.Add(new Effect.AbandonExchange(Generation));
        var asked = _workers.Values.Where(w => w.Phase != WorkerPhase.Preparing).ToArray();
        foreach (var worker in asked)
        {
            (worker.Phase, worker.Regrouped, worker.Synchronized) = (WorkerPhase.Ready, false, false);
            Tell(worker, new Regroup { Generation = Generation });
        }

        // The last checkpoint needs only one worker.
        Phase = asked.Length >= (_terminating ? 1 : _options.MinWorkers) ? RunPhase.Regrouping : RunPhase.Waiting;
        if (Phase == RunPhase.Waiting && _terminating)
            Finish($"stopped as asked; no worker is left to save step {Committed}, the newest checkpoint is of step {LastCheckpoint}",
                ExitCodes.Terminated);
        else if (Phase == RunPhase.Waiting)
            Log(true, $"{asked.Length} of at least {_options.MinWorkers} workers are there: waiting for more");
    }

    private void SynchronizeWhenAllAnswered(DateTime now)
    {
        var answered = _workers.Values.Where(w => w.Phase == WorkerPhase.Ready).ToArray();
        if (answered.Length == 0 || !answered.All(w => w.Regrouped) || now < _resumeAt)
            return;

        // Where there are more workers than places, the workers with the newest state become members, so that no step is lost.
        _members = [.. answered.OrderByDescending(StepOf).ThenBy(w => w.Id, StringComparer.Ordinal).Take(_options.MaxWorkers)
            .OrderBy(w => w.Id, StringComparer.Ordinal)];
        ChooseTopology();
        var plan = NewPlan();
        _commonStep = plan.Step;
        Phase = RunPhase.Synchronizing;
        _lastProgress = now;
        _digests.Clear();
        if (IsStar)
            _effects.Add(new Effect.OwnShards(plan));
        foreach (var member in _members)
        {
            member.Phase = WorkerPhase.Member;
            member.LastProgress = now;
            Tell(member, plan);
        }
    }

    private long StepOf(WorkerEntry worker) =>
        worker.Position.HasState && worker.Position.RunId == _options.RunId && worker.Position.History == _rewinds.Count
        ? worker.Position.Step : -1;

    private ExchangePlan NewPlan()
    {
        var ranges = WorkSplit.Divide(_options.MicroBatches, Speeds());
        var plan = new ExchangePlan
        {
            Generation = Generation,
            MicroBatches = _options.MicroBatches,
            BucketElements = _options.BucketElements,
            ChunkElements = _options.ChunkElements,
            Wire = _options.Wire,
            History = _rewinds.Count,
        };
        foreach (var (member, range) in _members.Zip(ranges))
        {
            member.Range = range;
            plan.Members.Add(new Member
            {
                WorkerId = member.Id,
                GrpcAddress = member.GrpcAddress,
                FirstMicroBatch = range.First,
                EndMicroBatch = range.End,
            });
        }

        if (IsStar)
            plan.Owners.Add(new Owner { GrpcAddress = _options.GrpcAddress });
        else
            plan.Owners.AddRange(_members.Select(m => new Owner { WorkerId = m.Id, GrpcAddress = m.GrpcAddress }));
        ChooseState(plan);
        return plan;
    }

    /// <summary>Takes the newest state: a member's, otherwise the newest checkpoint's, otherwise the beginning.</summary>
    private void ChooseState(ExchangePlan plan)
    {
        var ahead = _members.MaxBy(StepOf)!;
        var checkpoint = Math.Max(_checkpointStep, LastCheckpoint);
        if (StepOf(ahead) >= 0 && StepOf(ahead) >= checkpoint)
        {
            (plan.Step, plan.Source, plan.SourceAddress) = (StepOf(ahead), StateSource.Peer, ahead.GrpcAddress);
            // The next step overwrites the state, so a checkpoint that is due here needs a copy.
            if (IsCheckpointPlanned(plan.Step) && LastCheckpoint < plan.Step)
                plan.SnapshotMember = _members[0].Id;
        }
        else if (checkpoint > 0)
            (plan.Step, plan.Source, plan.SourceAddress) = (checkpoint, StateSource.Checkpoint, _options.GrpcAddress);
        else
            (plan.Step, plan.Source) = (0, StateSource.Fresh);
    }

    private double[] Speeds()
    {
        // If one speed is unknown, ratios mean nothing: all members get the same share.
        var known = _members.All(m => m.Speed > 0);
        return [.. _members.Select(m => known ? m.Speed : 1)];
    }

    private void LetGo(WorkerEntry worker)
    {
        _workers.Remove(worker.Id);
        Log(false, $"Worker {worker.Id} (process {worker.ProcessId} on {worker.Host}) leaves the run");
        Tell(worker, new RunFinished { Reason = "left the run as asked", ExitCode = ExitCodes.Terminated });
    }
}
