using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Worker.State;

/// <summary>
/// Gives out the replica's state by gRPC: the copies that are kept for checkpoints, and the living state. Neither holds the training up.
/// </summary>
public sealed class ReplicaState : IReplicaStateSource, IDisposable
{
    private readonly LivingState _living = new();
    private readonly SnapshotStore _snapshots = new();
    private bool _shared;

    /// <summary>Whether there is a living state: false before the first change, and after a change that broke off.</summary>
    public bool IsWhole => _living.IsWhole;

    /// <summary>Names the replica. It has no state until the first <see cref="Change"/>; copies of another one are released.</summary>
    /// <param name="replica">The replica.</param>
    /// <param name="shared">Whether copies lie in memory that other processes of this host may read.</param>
    public void Attach(Replica? replica, bool shared = false)
    {
        _shared = shared;
        _living.Replica = replica;
        _snapshots.ReleaseAll();
    }

    /// <summary>Changes the living state, on the training thread; see <see cref="LivingState.Change"/>.</summary>
    public void Change(Action change) => _living.Change(change);

    /// <summary>Copies the living state, on the training thread.</summary>
    /// <param name="step">The step that it is the state of.</param>
    public void Keep(long step)
    {
        var replica = _living.Replica ?? throw new InvalidOperationException($"step {step} is to be kept, but there is no replica");
        _snapshots.Keep(step, replica.Sections, new StepCounts(replica.Skipped, replica.SkippedInRow), _shared);
    }

    /// <summary>Lets go of the copy of a step. Its present readers may finish.</summary>
    public void Release(long step) => _snapshots.Release(step);

    /// <summary>Lets go of all copies and of their memory: in the next generation another worker may keep them.</summary>
    public void ReleaseAll() => _snapshots.ReleaseAll();

    /// <inheritdoc/>
    public Task<ReplicaStateLease?> OpenAsync(long step, CancellationToken cancellation)
    {
        // The copy comes first, because no change revokes it. It is looked for again at the end: the training may have kept it, and gone
        // on, since the first look.
        var lease = _snapshots.TryOpen(step) ?? _living.TryOpen(step) ?? _snapshots.TryOpen(step);
        return Task.FromResult(lease);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _snapshots.Dispose();
        _living.Dispose();
    }
}
