using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Worker;

/// <summary>
/// Gives out the replica's state: copies kept for checkpoints, which do not hold training up, and the living state, which
/// <see cref="WaitForReaders"/> keeps still while a peer reads it.
/// </summary>
public sealed class SnapshotStore : IReplicaStateSource
{
    private readonly Dictionary<long, float[][]> _snapshots = [];
    private readonly object _gate = new();
    private Replica? _replica;
    private int _readers;

    /// <summary>The replica whose state is given out; null before it exists.</summary>
    public void Attach(Replica? replica)
    {
        lock (_gate)
        {
            _replica = replica;
            _snapshots.Clear();
        }
    }

    /// <summary>Copies the state as it is now.</summary>
    public void Keep(long step)
    {
        var copy = _replica!.Sections.Select(section => (float[])section.Clone()).ToArray();
        lock (_gate)
            _snapshots[step] = copy;
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

    /// <summary>Called by the training thread before it changes the state: waits until no peer reads it.</summary>
    public void WaitForReaders()
    {
        lock (_gate)
        {
            while (_readers > 0)
                Monitor.Wait(_gate);
        }
    }

    /// <inheritdoc/>
    public Task<ReplicaStateLease?> OpenAsync(long step, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_snapshots.TryGetValue(step, out var snapshot))
                return Task.FromResult<ReplicaStateLease?>(Lease(snapshot, () => { }));
            if (_replica?.Step != step)
                return Task.FromResult<ReplicaStateLease?>(null);
            _readers++;
            return Task.FromResult<ReplicaStateLease?>(Lease(_replica.Sections, StopReading));
        }
    }

    private static ReplicaStateLease Lease(IReadOnlyList<float[]> sections, Action release) =>
        new([.. sections.Select(section => (ReadOnlyMemory<float>)section)], release);

    private void StopReading()
    {
        lock (_gate)
        {
            _readers--;
            Monitor.PulseAll(_gate);
        }
    }
}
