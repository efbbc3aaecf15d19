using System.Diagnostics;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Worker;

/// <summary>Takes the steps of one generation: computes, exchanges, applies. Lives on the training thread.</summary>
internal sealed class StepRunner : IDisposable
{
    private readonly string _workerId;
    private readonly RunConfiguration _configuration;
    private readonly Replica _replica;
    private readonly SnapshotStore _snapshots;
    private readonly BatchSchedule _schedule;
    private readonly ExchangePlan _plan;
    private readonly ReductionOwner _owner;
    private readonly ExchangeSession _session;
    private readonly GradientSummer _summer;
    private readonly SummationTree _tree;
    private readonly MicroBatchRange _range;
    private readonly IReadOnlyList<TreeNode> _cover;
    private readonly MicroBatchArrays _arrays = new();
    private readonly float[] _sum;
    private readonly FaultInjection _faults;
    private readonly Action _progress;
    private readonly CancellationToken _cancellation;
    private long _idleSince = Stopwatch.GetTimestamp();

    public StepRunner(string workerId, RunConfiguration configuration, Replica replica, SnapshotStore snapshots, BatchSchedule schedule,
        GradientSummer summer, float[] sum, ExchangePlan plan, ReductionOwner owner, PeerChannels channels, FaultInjection faults,
        Action progress, CancellationToken cancellation)
    {
        (_workerId, _configuration, _replica, _snapshots, _schedule) = (workerId, configuration, replica, snapshots, schedule);
        (_summer, _sum, _plan, _owner, _faults, _progress, _cancellation) = (summer, sum, plan, owner, faults, progress, cancellation);
        _tree = new SummationTree(plan.MicroBatches);
        var self = plan.Members.Single(m => m.WorkerId == workerId);
        _range = new MicroBatchRange(self.FirstMicroBatch, self.EndMicroBatch);
        _cover = _tree.Cover(_range.First, _range.End);
        var map = new ShardMap(replica.Layout.Count, plan.BucketElements, plan.ChunkElements, plan.Owners.Count);
        _session = new ExchangeSession(
            new MemberPlan(plan.Generation, workerId, map, [.. plan.Owners.Select(o => o.WorkerId == workerId ? null : o.GrpcAddress)],
                configuration.Cluster.SharedMemory, plan.Wire),
            owner, channels);
        var ownedIndex = plan.Owners.ToList().FindIndex(o => o.WorkerId == workerId);
        if (ownedIndex >= 0)
        {
            var members = plan.Members.ToDictionary(m => m.WorkerId, m => new MicroBatchRange(m.FirstMicroBatch, m.EndMicroBatch));
            owner.Begin(new OwnerPlan(plan.Generation, ownedIndex, map, _tree, members, plan.Wire), workerId, _session.Deliver);
        }
    }

    /// <summary>Where validations are compared by BLEU: what counts it.</summary>
    public ValidationBleu? Bleu { get; init; }

    /// <summary>Computes this worker's micro-batches, exchanges sums and applies the result.</summary>
    /// <exception cref="OperationCanceledException">The generation was given up; the replica is unchanged.</exception>
    /// <exception cref="ExchangeFailedException">A peer is gone; the replica is unchanged.</exception>
    public StepReport Run(StepPlan step)
    {
        if (step.Step != _replica.Step + 1)
            throw new InvalidOperationException($"asked for step {step.Step}, but this replica is at {_replica.Step}: expected "
                + $"step {_replica.Step + 1}");

        var report = new StepReport { WorkerId = _workerId, Generation = step.Generation, Step = step.Step };
        var started = Stopwatch.GetTimestamp();
        report.WaitSeconds = Stopwatch.GetElapsedTime(_idleSince, started).TotalSeconds;
        var batch = _schedule.Batch(step.Epoch, step.Batch);
        var sentBefore = _session.BytesSent;
        try
        {
            _faults.Begin(step.Step);
            _session.BeginStep(step.Step, _sum);
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
            _summer.Reset();
            throw;
        }

        _faults.Gathered(step.Step);
        var outcome = default(StepOutcome);
        _snapshots.Change(() =>
        {
            outcome = _replica.Apply(_sum, batch.TargetTokens, step.LearningRate);
            _faults.Applied(step.Step, _replica.Parameters);
        });
        if (outcome.Skipped)
            report.NotFinite.AddRange(NotFinite(report.MicroBatches));
        _summer.Reset();
        if (step.Snapshot)
            _snapshots.Keep(step.Step);
        report.GradientNorm = outcome.GradientNorm;
        report.Skipped = outcome.Skipped;
        report.SkippedInRow = _replica.SkippedInRow;
        report.BytesSent = _session.BytesSent - sentBefore;
        report.ReplicaDigest = step.Digest ? _replica.Digest() : "";
        report.Refused = _owner.Refused;
        report.ResidentBytes = Environment.WorkingSet;
        report.LiveTensors = TorchSharp.torch.Tensor.TotalCount;
        _idleSince = Stopwatch.GetTimestamp();
        return report;
    }

    /// <summary>Losses of pieces of the validation split.</summary>
    public ValidationReport Validate(ValidationPlan plan)
    {
        var report = new ValidationReport { WorkerId = _workerId, Generation = plan.Generation, Step = plan.Step };
        foreach (var piece in plan.Pieces)
        {
            _cancellation.ThrowIfCancellationRequested();
            _schedule.FillPiece(_arrays, piece);
            var result = new PieceResult { Piece = piece, LossSum = _replica.ComputeLoss(_arrays), Tokens = _arrays.TargetTokens };
            _progress();
            if (Bleu is not null)
            {
                result.BleuCounts.AddRange(Bleu.Count(_replica, piece, _cancellation));
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
        _summer.Reset();
    }

    /// <summary>Micro-batches of this worker that are not finite: those with such a loss, else all under such a sum.</summary>
    private int[] NotFinite(IEnumerable<MicroBatchResult> results)
    {
        var under = _summer.HandedOut.Where(sum => !double.IsFinite(GradientNorm.Of(sum.Values)))
            .SelectMany(sum => Enumerable.Range(sum.Node.Index << sum.Node.Level, 1 << sum.Node.Level))
            .Intersect(results.Select(r => r.Index)).ToArray();
        var named = results.Where(r => !double.IsFinite(r.LossSum)).Select(r => r.Index).ToArray();
        return named.Length > 0 ? named : under;
    }

    private MicroBatchResult Compute(StepPlan step, GlobalBatch batch, int micro)
    {
        _cancellation.ThrowIfCancellationRequested();
        _schedule.FillMicroBatch(_arrays, step.Epoch, batch, micro);
        var began = Stopwatch.GetTimestamp();
        var gradient = _summer.Rent();
        var loss = _replica.ComputeGradient(_arrays, SeedMixer.Mix(_configuration.Seed, step.Step, micro), gradient, step.Sampled, from =>
        {
            if (from == 0)
                _faults.Computed(step.Step, micro, began, gradient.Values);
            // What backward has finished goes out while it goes on.
            _summer.AddFrom(from, _tree, _cover, micro, gradient, (node, sum, final) =>
            {
                _session.Contribute(node, sum, final);
                _faults.Contributed(step.Step);
            });
        });
        _progress();
        return new MicroBatchResult { Index = micro, LossSum = loss, Tokens = _arrays.TargetTokens };
    }
}
