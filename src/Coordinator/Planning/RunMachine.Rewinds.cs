using DistSeq2Seq.Configuration;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Cluster;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>Rewinds: the run goes back on purpose where replicas differ or gradients are not finite.</summary>
/// <remarks>
/// Since its first error, a replica that differs has sent wrong gradients to all members. So the replicas of the majority are equal but
/// wrong. The newest checkpoint is the last correct state, because digests were compared before it was written. All members go back to
/// it, and the error leaves no trace in any bit.
/// </remarks>
public sealed partial class RunMachine
{
    /// <summary>Differences after which a worker may stay: one bit error may come from radiation, a second one means a defect.</summary>
    private const int ForgivenDifferences = 1;

    private readonly List<Rewind> _rewinds = [];
    private readonly Dictionary<string, int> _differences = [];
    private (long Below, long From, double RateFactor, string Reason)? _goingBack;
    private bool _seeking;

    /// <summary>Number of workers refused permanently because their replicas differed too often.</summary>
    public long ReplicasRefused { get; private set; }

    /// <summary>All rewinds so far, oldest first.</summary>
    public IReadOnlyList<Rewind> Rewinds => _rewinds;

    /// <summary>Event: the newest valid checkpoint for a rewind was found; step 0 means that there is none and is the beginning.</summary>
    public IReadOnlyList<Effect> CheckpointFound(long step, DateTime now)
    {
        _seeking = false;
        if (_goingBack is not { } order || Phase == RunPhase.Finished)
            return Take();
        _goingBack = null;
        var rewind = new Rewind(_rewinds.Count + 1, step, order.From, order.RateFactor, Generation, order.Reason);
        _rewinds.Add(rewind);
        _effects.Add(new Effect.RecordRewind(rewind));
        (LastCheckpoint, _checkpointStep, _ledgerStep) = (step, step, Math.Min(_ledgerStep, step));
        _reports.Clear();
        var target = step == 0 ? "the beginning" : $"the checkpoint of step {step}";
        Log(true, $"Going back from step {order.From} to {target}: {order.Reason}");
        Regroup(now);
        return Take();
    }

    /// <summary>Event: the search for a checkpoint failed.</summary>
    public IReadOnlyList<Effect> SeekFailed(string reason)
    {
        Finish($"the checkpoints to go back to cannot be read: {reason}", ExitCodes.Failure);
        return Take();
    }

    /// <summary>The factor of a step's learning rate, for all rewinds before that step.</summary>
    private double RewindFactor(long step)
    {
        var (factor, target) = (1.0, long.MaxValue);
        foreach (var rewind in Enumerable.Reverse(_rewinds))
        {
            target = Math.Min(target, rewind.Step);
            if (step > target)
                factor *= rewind.RateFactor;
        }

        return factor;
    }

    /// <summary>Stops planning, and goes back once no checkpoint is being written.</summary>
    private void GoBack(long below, double rateFactor, string reason)
    {
        _goingBack ??= (below, Committed, rateFactor, reason);
        SeekCheckpoint();
    }

    /// <summary>
    /// Orders the search for the newest checkpoint once those under way are written, so that the result does not depend on timing.
    /// </summary>
    private void SeekCheckpoint()
    {
        if (_goingBack is not { } order || _seeking || _checkpointUnderWay != 0 || _checkpointWanted != 0 || Phase == RunPhase.Finished)
            return;
        _seeking = true;
        _effects.Add(new Effect.SeekCheckpoint(order.Below));
    }

    /// <summary>Whether the known digests of the replicas are equal. If they are not, the run goes back or ends.</summary>
    private bool AreDigestsEqual(long step)
    {
        var groups = _digests.GroupBy(d => d.Value).OrderByDescending(g => g.Count()).ToArray();
        if (groups.Length <= 1)
            return true;
        if (_goingBack is not null)
            return false;
        var text = string.Join("; ",
            groups.Select(g => $"{g.Key[..Math.Min(16, g.Key.Length)]}… on {string.Join(", ", g.Select(d => d.Key))}"));
        if (groups[0].Count() * 2 <= _digests.Count)
        {
            Finish($"replicas differ at step {step}: {text}. No majority tells which are right: a worker's memory or arithmetic is "
                + "unreliable, or its build or processor differs. The same command goes on from the newest checkpoint", ExitCodes.Failure);
            return false;
        }

        var differing = groups.Skip(1).SelectMany(g => g).Select(d => d.Key).ToArray();
        foreach (var worker in _members.Where(m => differing.Contains(m.Id)))
            Isolate(worker, step, text);
        GoBack(step + 1, 1, $"the replica of {string.Join(", ", differing)} differed at step {step}, and its gradients have been in "
            + "every sum");
        return false;
    }

    private void Isolate(WorkerEntry worker, long step, string groups)
    {
        worker.Differed = true;
        var often = _differences[worker.Id] = _differences.GetValueOrDefault(worker.Id) + 1;
        var follows = often > ForgivenDifferences ? ", and it is left out: this is not the first time" : "; it takes over the others'";
        Log(true, $"The replica of worker {worker.Id} (process {worker.ProcessId} on {worker.Host}) differs at step {step}: {groups}. "
            + $"Its state is dropped{follows}.");
        if (often <= ForgivenDifferences)
            return;
        Tell(worker, new Refused
        {
            Reason = $"its replica has differed from the majority {often} times: its memory or arithmetic is unreliable; start a worker on "
                + "another machine",
            Final = true,
        });
        ReplicasRefused++;
        worker.Leaving = true; // the next generation does not include it
    }

    /// <summary>Reacts to a gradient that is not finite: with a warning, a rewind or the end of the run.</summary>
    private void JudgeGradient(long step, IReadOnlyList<StepReport> reports)
    {
        if (!reports[0].Skipped || _goingBack is not null || Phase == RunPhase.Finished)
            return;
        var inRow = reports[0].SkippedInRow;
        var where = Culprits(step, reports);
        Log(true, $"Step {step} is skipped: its gradient is not finite ({inRow} in a row; training.max_skipped_steps "
            + $"is {_options.MaxSkippedSteps}). {where}");
        if (inRow < _options.MaxSkippedSteps)
            return;
        var what = $"{inRow} steps in a row up to step {step} had gradients that are not finite. {where}";
        var first = step - inRow + 1;
        // The last rewind's checkpoint has led to the same place again, so this time the run goes further back.
        var last = _rewinds.LastOrDefault(r => r.RateFactor != 1);
        var below = last is not null && first <= last.From ? Math.Min(first, last.Step) : first;
        if (_options.OnNan == OnNan.Stop)
            Finish($"{what} Lower training.optimizer.learning_rate, look at these sentences, or give --on-nan rollback; the newest "
                + $"checkpoint is of step {LastCheckpoint}", ExitCodes.Failure);
        else if (below <= 0)
            Finish($"{what} The run has gone back to its beginning before and meets them again", ExitCodes.Failure);
        else
            GoBack(below, _options.RollbackFactor, $"{what} Learning rates are multiplied by {_options.RollbackFactor} from there on");
    }

    /// <summary>Names the workers whose contributions are not finite, and the sentences of these contributions.</summary>
    private string Culprits(long step, IReadOnlyList<StepReport> reports)
    {
        var place = _schedule.Locate(step);
        var found = reports.Where(r => r.NotFinite.Count > 0).Select(report =>
        {
            var worker = _workers.GetValueOrDefault(report.WorkerId);
            var sentences = _options.DescribeMicroBatch is { } describe
                ? " " + string.Join("; ", report.NotFinite.Select(micro => describe(place, micro))) : "";
            return $"Not finite is the contribution of worker {report.WorkerId} (process {worker?.ProcessId} on {worker?.Host}), "
                + $"micro-batch {string.Join(", ", report.NotFinite)} of batch {place.Batch} of epoch {place.Epoch + 1}.{sentences}";
        }).ToArray();
        return found.Length > 0 ? string.Join(" ", found) : $"Every contribution to batch {place.Batch} of epoch {place.Epoch + 1} is "
            + "finite, their sum is not.";
    }
}
