using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Worker;

/// <summary>
/// Gives out the replica's state: copies kept for checkpoints, which do not hold training up, and the living state, which
/// <see cref="Change"/> never changes while a peer reads it: the reader is told to stop, and cannot hold training up.
/// </summary>
public sealed class SnapshotStore : IReplicaStateSource
{
    private readonly Dictionary<long, (float[][] Sections, StepCounts Counts)> _snapshots = [];
    private readonly object _gate = new();
    private Replica? _replica;
    private int _readers;
    private bool _changing;
    private volatile bool _isWhole;
    private CancellationTokenSource _revoked = new();

    /// <summary>Whether there is living state: false before the first change, and after one that did not come to its end.</summary>
    public bool IsWhole => _isWhole;

    /// <summary>The replica whose state is given out; null before it exists.</summary>
    public void Attach(Replica? replica)
    {
        lock (_gate)
        {
            _replica = replica;
            _isWhole = false;
            _snapshots.Clear();
        }
    }

    /// <summary>Copies the state as it is now.</summary>
    public void Keep(long step)
    {
        var copy = _replica!.Sections.Select(section => (float[])section.Clone()).ToArray();
        lock (_gate)
            _snapshots[step] = (copy, Counts(_replica));
    }

    /// <summary>Lets go of a copy; who reads it now may read on.</summary>
    public void Release(long step)
    {
        lock (_gate)
            _snapshots.Remove(step);
    }

    /// <summary>Lets go of every copy.</summary>
    public void ReleaseAll()
    {
        lock (_gate)
            _snapshots.Clear();
    }

    /// <summary>Changes the living state, on the training thread; peers that read it are cut off first. Half a change is no state.</summary>
    public void Change(Action change)
    {
        lock (_gate)
        {
            (_changing, _isWhole) = (true, false);
            _revoked.Cancel();
            while (_readers > 0)
                Monitor.Wait(_gate);
            _revoked = new CancellationTokenSource();
        }

        try
        {
            change();
            _isWhole = true;
        }
        finally
        {
            lock (_gate)
                _changing = false;
        }
    }

    /// <inheritdoc/>
    public Task<ReplicaStateLease?> OpenAsync(long step, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_snapshots.TryGetValue(step, out var snapshot))
                return Task.FromResult<ReplicaStateLease?>(Lease(snapshot.Sections, snapshot.Counts, () => { }, CancellationToken.None));
            if (_changing || !_isWhole || _replica?.Step != step)
                return Task.FromResult<ReplicaStateLease?>(null);
            _readers++;
            return Task.FromResult<ReplicaStateLease?>(Lease(_replica.Sections, Counts(_replica), StopReading, _revoked.Token));
        }
    }

    private static StepCounts Counts(Replica replica) => new(replica.Skipped, replica.SkippedInRow);

    private static ReplicaStateLease Lease(IReadOnlyList<float[]> sections, StepCounts counts, Action release, CancellationToken revoked) =>
        new([.. sections.Select(section => (ReadOnlyMemory<float>)section)], release, revoked) { Counts = counts };

    private void StopReading()
    {
        lock (_gate)
        {
            _readers--;
            Monitor.PulseAll(_gate);
        }
    }
}
