using System.Buffers;
using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Worker;

/// <summary>
/// Gives out the replica's state: copies kept for checkpoints, which do not hold training up, and the living state, which
/// <see cref="Change"/> never changes while a peer reads it: the reader is told to stop, and cannot hold training up.
/// </summary>
public sealed class SnapshotStore : IReplicaStateSource, IDisposable
{
    private readonly Dictionary<long, Snapshot> _snapshots = [];
    private readonly object _gate = new();
    private Replica? _replica;
    private int _readers;
    private bool _changing;
    private volatile bool _isWhole;
    private CancellationTokenSource _revoked = new();
    private bool _shared;
    private bool _disposed;
    private Snapshot? _spare; // a copy that is no longer wanted: the next one goes where it lies

    /// <summary>Whether there is living state: false before the first change, and after one that did not come to its end.</summary>
    public bool IsWhole => _isWhole;

    /// <summary>The replica whose state is given out; null before it exists.</summary>
    /// <param name="replica">The replica.</param>
    /// <param name="shared">Whether copies lie in memory that other processes of this host may read.</param>
    public void Attach(Replica? replica, bool shared = false)
    {
        lock (_gate)
        {
            (_replica, _shared) = (replica, shared);
            _isWhole = false;
            Clear();
        }
    }

    /// <summary>Copies the state as it is now.</summary>
    public void Keep(long step)
    {
        var replica = _replica!;
        Snapshot? spare;
        lock (_gate)
            (spare, _spare) = (_spare, null);
        if (spare is not null && !spare.Fits(replica.Sections))
        {
            spare.Dispose();
            spare = null;
        }

        var snapshot = spare ?? new Snapshot(replica.Sections, _shared);
        snapshot.Fill(replica.Sections, Counts(replica));
        lock (_gate)
        {
            Drop(step);
            _snapshots[step] = snapshot;
        }
    }

    /// <summary>Lets go of a copy; who reads it now may read on.</summary>
    public void Release(long step)
    {
        lock (_gate)
            Drop(step);
    }

    /// <summary>Lets go of every copy and of their memory: in the next generation somebody else may keep them.</summary>
    public void ReleaseAll()
    {
        lock (_gate)
        {
            Clear();
            _spare?.Dispose();
            _spare = null;
        }
    }

    /// <summary>Lets go of every copy and of their memory, which stays for those who still read it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Clear();
            _spare?.Dispose();
            _spare = null;
        }
    }

    /// <summary>
    /// Changes the living state, on the training thread; peers that read it are cut off first. Half a change is no state.
    /// </summary>
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
            {
                snapshot.Readers++;
                return Task.FromResult<ReplicaStateLease?>(
                    new(snapshot.Sections, () => StopReading(snapshot)) { Counts = snapshot.Counts, Segment = snapshot.Segment });
            }

            if (_changing || !_isWhole || _replica?.Step != step)
                return Task.FromResult<ReplicaStateLease?>(null);
            _readers++;
            return Task.FromResult<ReplicaStateLease?>(
                new([.. _replica.Sections.Select(section => (ReadOnlyMemory<float>)section)], StopReading, _revoked.Token)
                { Counts = Counts(_replica) });
        }
    }

    private static StepCounts Counts(Replica replica) => new(replica.Skipped, replica.SkippedInRow);

    private void StopReading()
    {
        lock (_gate)
        {
            _readers--;
            Monitor.PulseAll(_gate);
        }
    }

    private void StopReading(Snapshot snapshot)
    {
        lock (_gate)
        {
            snapshot.Readers--;
            Recycle(snapshot);
        }
    }

    private void Clear()
    {
        foreach (var step in _snapshots.Keys.ToArray())
            Drop(step);
    }

    private void Drop(long step)
    {
        if (_snapshots.Remove(step, out var snapshot))
        {
            snapshot.IsWanted = false;
            Recycle(snapshot);
        }
    }

    /// <summary>
    /// Keeps the memory for the next copy once nobody needs what is in it: clearing as much new memory takes as long as copying.
    /// </summary>
    private void Recycle(Snapshot snapshot)
    {
        if (snapshot.IsWanted || snapshot.Readers > 0)
            return;
        (_disposed ? snapshot : _spare)?.Dispose();
        _spare = _disposed ? null : snapshot;
    }

    /// <summary>A copy of a state: all sections one after the other in shared memory where there is any, else each in an array.</summary>
    private sealed class Snapshot : IDisposable
    {
        private readonly IMemoryOwner<float>[] _mapped = [];
        private readonly Memory<float>[] _sections;

        public Snapshot(IReadOnlyList<float[]> like, bool shared)
        {
            Segment = shared ? SharedSegment.TryCreate(like.Sum(section => (long)section.Length)) : null;
            if (Segment is null)
            {
                _sections = [.. like.Select(section => GC.AllocateUninitializedArray<float>(section.Length).AsMemory())];
                return;
            }

            var at = 0L;
            _mapped = [.. like.Select(section => Segment.Map((at += section.Length) - section.Length, section.Length))];
            _sections = [.. _mapped.Select(section => section.Memory)];
        }

        public SharedSegment? Segment { get; }

        public IReadOnlyList<ReadOnlyMemory<float>> Sections => [.. _sections.Select(section => (ReadOnlyMemory<float>)section)];

        public StepCounts Counts { get; private set; }

        public int Readers { get; set; }

        public bool IsWanted { get; set; }

        public bool Fits(IReadOnlyList<float[]> sections) => sections.Select(section => section.Length)
            .SequenceEqual(_sections.Select(section => section.Length));

        public void Fill(IReadOnlyList<float[]> sections, StepCounts counts)
        {
            for (var i = 0; i < sections.Count; i++)
                sections[i].CopyTo(_sections[i]);
            (Counts, IsWanted) = (counts, true);
        }

        public void Dispose()
        {
            Array.ForEach(_mapped, section => section.Dispose());
            Segment?.Dispose();
        }
    }
}
