using System.Diagnostics;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Worker.Training;

/// <summary>Takes the steps of one generation: computes, exchanges, applies. Lives on the training thread.</summary>
internal sealed class StepRunner : IDisposable
{
    private readonly WorkerContext _worker;
    private readonly PreparedRun _run;
    private readonly Replica _replica;
    private readonly FaultInjection _faults;
    private readonly Action _progress;
    private readonly CancellationToken _ended;
    private readonly ExchangeSession _session;
    private readonly SummationTree _tree;
    private readonly MicroBatchRange _range;
    private readonly IReadOnlyList<TreeNode> _cover;
    private readonly MicroBatchArrays _arrays = new();
    private long _idleSince = Stopwatch.GetTimestamp();

    /// <param name="worker">The process.</param>
    /// <param name="run">The prepared run.</param>
    /// <param name="generation">The generation whose steps are taken.</param>
    /// <param name="faults">Faults that a test asks for.</param>
    public StepRunner(WorkerContext worker, PreparedRun run, GenerationContext generation, FaultInjection faults)
    {
        (_worker, _run, _replica, _faults) = (worker, run, run.Replica, faults);
        (_progress, _ended) = (generation.Progress, generation.Ended);
        var plan = generation.Plan;
        _tree = new SummationTree(plan.MicroBatches);
        var self = plan.Members.Single(m => m.WorkerId == worker.WorkerId);
        _range = new MicroBatchRange(self.FirstMicroBatch, self.EndMicroBatch);
        _cover = _tree.Cover(_range.First, _range.End);
        var map = new ShardMap(_replica.Layout.Count, plan.BucketElements, plan.ChunkElements, plan.Owners.Count);
        _session = new ExchangeSession(MemberPlanOf(plan, map), worker.Owner, worker.Channels);
        var ownedIndex = plan.Owners.ToList().FindIndex(o => o.WorkerId == worker.WorkerId);
        if (ownedIndex >= 0)
        {
            var members = plan.Members.ToDictionary(m => m.WorkerId, m => new MicroBatchRange(m.FirstMicroBatch, m.EndMicroBatch));
            worker.Owner.Begin(new OwnerPlan(plan.Generation, ownedIndex, map, _tree, members, plan.Wire), worker.WorkerId,
                _session.Deliver);
        }
    }

    /// <summary>Computes this worker's micro-batches, exchanges sums and applies the result.</summary>
    /// <exception cref="OperationCanceledException">The generation was given up; the replica is unchanged.</exception>
    /// <exception cref="ExchangeFailedException">A peer is gone; the replica is unchanged.</exception>
    public StepReport Run(StepPlan step)
    {
        if (step.Step != _replica.Step + 1)
            throw new InvalidOperationException($"asked for step {step.Step}, but this replica is at {_replica.Step}: expected "
                + $"step {_replica.Step + 1}");

        var report = new StepReport { WorkerId = _worker.WorkerId, Generation = step.Generation, Step = step.Step };
        var started = Stopwatch.GetTimestamp();
        report.WaitSeconds = Stopwatch.GetElapsedTime(_idleSince, started).TotalSeconds;
        var batch = _run.Schedule.Batch(step.Epoch, step.Batch);
        var sentBefore = _session.BytesSent;
        try
        {
            _faults.Begin(step.Step);
            _session.BeginStep(step.Step, _run.Sum);
            for (var micro = _range.First; micro < _range.End; micro++)
                report.MicroBatches.Add(Compute(step, batch, micro));

            var computed = Stopwatch.GetTimestamp();
            _session.Wait();
            report.ComputeSeconds = Stopwatch.GetElapsedTime(started, computed).TotalSeconds;
            report.ExchangeSeconds = Stopwatch.GetElapsedTime(computed).TotalSeconds;
        }
        catch
        {
            // Streams must be at rest before their buffers are used again.
            _session.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _run.Summer.Reset();
            throw;
        }

        _faults.Gathered(step.Step);
        var outcome = default(StepOutcome);
        _worker.State.Change(() =>
        {
            outcome = _replica.Apply(_run.Sum, batch.TargetTokens, step.LearningRate);
            _faults.Applied(step.Step, _replica.Parameters);
        });
        if (outcome.Skipped)
            report.NotFinite.AddRange(NotFinite(report.MicroBatches));
        _run.Summer.Reset();
        if (step.Snapshot)
            _worker.State.Keep(step.Step);
        report.GradientNorm = outcome.GradientNorm;
        report.Skipped = outcome.Skipped;
        report.SkippedInRow = _replica.SkippedInRow;
        report.BytesSent = _session.BytesSent - sentBefore;
        report.ReplicaDigest = step.Digest ? _replica.Digest() : "";
        report.Refused = _worker.Owner.Refused;
        report.ResidentBytes = Environment.WorkingSet;
        report.LiveTensors = TorchSharp.torch.Tensor.TotalCount;
        _idleSince = Stopwatch.GetTimestamp();
        return report;
    }

    /// <summary>Losses of pieces of the validation split.</summary>
    public ValidationReport Validate(ValidationPlan plan)
    {
        var report = new ValidationReport { WorkerId = _worker.WorkerId, Generation = plan.Generation, Step = plan.Step };
        foreach (var piece in plan.Pieces)
        {
            _ended.ThrowIfCancellationRequested();
            _run.Schedule.FillPiece(_arrays, piece);
            var result = new PieceResult { Piece = piece, LossSum = _replica.ComputeLoss(_arrays), Tokens = _arrays.TargetTokens };
            _progress();
            if (_run.Bleu is { } bleu)
            {
                result.BleuCounts.AddRange(bleu.Count(_replica, piece, _ended));
                _progress();
            }

            report.Pieces.Add(result);
        }

        return report;
    }

    /// <summary>Makes a step in progress stop soon; from any thread.</summary>
    public void Cancel() => _session.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _run.Summer.Reset();
    }

    /// <summary>
    /// Micro-batches of this worker that are not finite: those whose loss is not, or else all below a sum that is not.
    /// </summary>
    private int[] NotFinite(IEnumerable<MicroBatchResult> results)
    {
        var under = _run.Summer.HandedOut.Where(sum => !double.IsFinite(GradientNorm.Of(sum.Values)))
            .SelectMany(sum => Enumerable.Range(sum.Node.Index << sum.Node.Level, 1 << sum.Node.Level))
            .Intersect(results.Select(r => r.Index)).ToArray();
        var named = results.Where(r => !double.IsFinite(r.LossSum)).Select(r => r.Index).ToArray();
        return named.Length > 0 ? named : under;
    }

    private MemberPlan MemberPlanOf(ExchangePlan plan, ShardMap map) => new(
        plan.Generation, _worker.WorkerId, map, [.. plan.Owners.Select(o => o.WorkerId == _worker.WorkerId ? null : o.GrpcAddress)],
        _run.Configuration.Cluster.SharedMemory, plan.Wire);

    private MicroBatchResult Compute(StepPlan step, GlobalBatch batch, int micro)
    {
        _ended.ThrowIfCancellationRequested();
        _run.Schedule.FillMicroBatch(_arrays, step.Epoch, batch, micro);
        var began = Stopwatch.GetTimestamp();
        var gradient = _run.Summer.Rent();
        var loss = _replica.ComputeGradient(_arrays, SeedMixer.Mix(_run.Configuration.Seed, step.Step, micro), gradient,
            step.Sampled, finalFrom =>
        {
            if (finalFrom == 0)
                _faults.Computed(step.Step, micro, began, gradient.Values);
            // The final part leaves while backward goes on.
            _run.Summer.AddFrom(finalFrom, _tree, _cover, micro, gradient, (node, sum, sumFinalFrom) =>
            {
                _session.Contribute(node, sum, sumFinalFrom);
                _faults.Contributed(step.Step);
            });
        });
        _progress();
        return new MicroBatchResult { Index = micro, LossSum = loss, Tokens = _arrays.TargetTokens };
    }
}
