using DistSeq2Seq.Exchange;

namespace DistSeq2Seq.Worker.State;

/// <summary>Copies of the replica's state, by step. A copy that is being read stays as it is until its last reader has finished.</summary>
internal sealed class SnapshotStore : IDisposable
{
    private readonly Dictionary<long, Snapshot> _snapshots = [];
    private readonly Lock _lock = new();
    private bool _disposed;
    private Snapshot? _spare; // a copy that is no longer wanted: the next one takes its memory

    /// <summary>Copies a state.</summary>
    /// <param name="step">The step that it is the state of.</param>
    /// <param name="sections">Parameters, then each slot of the optimizer.</param>
    /// <param name="counts">Skipped steps up to this state.</param>
    /// <param name="shared">Whether other processes of this host may read the copy.</param>
    public void Keep(long step, IReadOnlyList<float[]> sections, StepCounts counts, bool shared)
    {
        Snapshot? spare;
        lock (_lock)
            (spare, _spare) = (_spare, null);
        if (spare is not null && !spare.Fits(sections))
        {
            spare.Dispose();
            spare = null;
        }

        var snapshot = spare ?? new Snapshot(sections, shared);
        snapshot.Fill(sections, counts);
        lock (_lock)
        {
            Drop(step);
            _snapshots[step] = snapshot;
        }
    }

    /// <summary>Gives a copy to a reader; null where there is none of this step.</summary>
    public ReplicaStateLease? TryOpen(long step)
    {
        lock (_lock)
        {
            if (!_snapshots.TryGetValue(step, out var snapshot))
                return null;
            snapshot.Readers++;
            return new(snapshot.Sections, () => StopReading(snapshot)) { Counts = snapshot.Counts, Segment = snapshot.Segment };
        }
    }

    /// <summary>Lets go of a copy. Its present readers may finish.</summary>
    public void Release(long step)
    {
        lock (_lock)
            Drop(step);
    }

    /// <summary>Lets go of every copy and of the memory. Present readers may finish.</summary>
    public void ReleaseAll()
    {
        lock (_lock)
        {
            foreach (var step in _snapshots.Keys.ToArray())
                Drop(step);
            _spare?.Dispose();
            _spare = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
            _disposed = true;
        ReleaseAll();
    }

    private void StopReading(Snapshot snapshot)
    {
        lock (_lock)
        {
            snapshot.Readers--;
            Recycle(snapshot);
        }
    }

    private void Drop(long step)
    {
        if (!_snapshots.Remove(step, out var snapshot))
            return;
        snapshot.IsWanted = false;
        Recycle(snapshot);
    }

    /// <summary>Keeps the memory of a copy that is not needed any more: to clear as much new memory takes as long as to copy.</summary>
    private void Recycle(Snapshot snapshot)
    {
        if (snapshot.IsWanted || snapshot.Readers > 0)
            return;
        (_disposed ? snapshot : _spare)?.Dispose();
        _spare = _disposed ? null : snapshot;
    }
}
