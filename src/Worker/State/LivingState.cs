using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Worker.State;

/// <summary>
/// The replica itself, which other workers may read between two changes. A change never waits long: it tells the readers to stop first.
/// </summary>
internal sealed class LivingState : IDisposable
{
    private readonly object _gate = new(); // not a Lock: Monitor.Wait needs an object
    private Replica? _replica;
    private int _readers;
    private bool _changing;
    private volatile bool _isWhole;
    private CancellationTokenSource _revoked = new();

    /// <summary>Whether there is a state: false before the first change, and after a change that broke off.</summary>
    public bool IsWhole => _isWhole;

    /// <summary>The replica; null before there is one. It has no state until the first <see cref="Change"/>.</summary>
    public Replica? Replica
    {
        get => _replica;
        set
        {
            lock (_gate)
                (_replica, _isWhole) = (value, false);
        }
    }

    /// <summary>Changes the state, on the training thread. If <paramref name="change"/> throws, there is no state.</summary>
    public void Change(Action change)
    {
        lock (_gate)
        {
            (_changing, _isWhole) = (true, false);
            _revoked.Cancel();
            while (_readers > 0)
                Monitor.Wait(_gate);
            _revoked.Dispose();
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

    /// <summary>Lets a reader in; null unless the state is that of <paramref name="step"/> and at rest.</summary>
    public ReplicaStateLease? TryOpen(long step)
    {
        lock (_gate)
        {
            if (_changing || !_isWhole || _replica?.Step != step)
                return null;
            _readers++;
            return new([.. _replica.Sections.Select(section => (ReadOnlyMemory<float>)section)], StopReading, _revoked.Token)
            {
                Counts = new StepCounts(_replica.Skipped, _replica.SkippedInRow),
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _revoked.Dispose();

    private void StopReading()
    {
        lock (_gate)
        {
            _readers--;
            Monitor.PulseAll(_gate);
        }
    }
}
