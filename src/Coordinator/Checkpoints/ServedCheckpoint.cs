using DistSeq2Seq.Exchange;
using DistSeq2Seq.Model.Checkpoints.Folders;

namespace DistSeq2Seq.Coordinator.Checkpoints;

/// <summary>
/// Serves a checkpoint to workers that begin with it. All workers that fetch it at the same time share one read and verified copy.
/// </summary>
internal sealed class ServedCheckpoint(CheckpointStore store) : IReplicaStateSource
{
    private readonly Lock _gate = new();
    private Serving? _current;

    /// <inheritdoc/>
    public async Task<ReplicaStateLease?> OpenAsync(long step, CancellationToken cancellation)
    {
        Serving serving;
        lock (_gate)
        {
            // A reader of another step gets its own copy. A copy without readers takes no memory.
            serving = _current is { } current && current.Step == step
                ? current
                : new Serving(step, Task.Run(() => Load(step), CancellationToken.None));
            _current = serving;
            serving.Readers++;
        }

        try
        {
            if (await serving.State.WaitAsync(cancellation).ConfigureAwait(false) is { } state)
                return new ReplicaStateLease([.. state.Sections.Select(s => (ReadOnlyMemory<float>)s)], () => Release(serving))
                { Counts = state.Counts };
        }
        catch
        {
            Release(serving);
            throw;
        }

        Release(serving);
        return null;
    }

    private void Release(Serving serving)
    {
        lock (_gate)
        {
            if (--serving.Readers == 0 && ReferenceEquals(_current, serving))
                _current = null;
        }
    }

    private (float[][] Sections, StepCounts Counts)? Load(long step)
    {
        var path = store.PathOf(step);
        if (!Directory.Exists(path))
            return null;
        using var checkpoint = store.Load(path);
        var sections = Enumerable.Range(0, checkpoint.Slots.Count + 1).Select(_ => new float[checkpoint.Layout.Count]).ToArray();
        checkpoint.CopyParameters(sections[0]);
        for (var slot = 0; slot < checkpoint.Slots.Count; slot++)
            checkpoint.CopySlot(checkpoint.Slots[slot], sections[slot + 1]);
        return (sections, TrainingState.CountsOf(checkpoint.State));
    }

    private sealed class Serving(long step, Task<(float[][] Sections, StepCounts Counts)?> state)
    {
        public long Step { get; } = step;

        public Task<(float[][] Sections, StepCounts Counts)?> State { get; } = state;

        public int Readers { get; set; }
    }
}
