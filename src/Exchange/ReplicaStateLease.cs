namespace DistSeq2Seq.Exchange;

/// <summary>The flat buffers of a replica, kept still until disposed.</summary>
public sealed class ReplicaStateLease(IReadOnlyList<ReadOnlyMemory<float>> sections, Action release, CancellationToken revoked = default)
    : IDisposable
{
    /// <summary>Asks the reader to stop: the state is about to change.</summary>
    public CancellationToken Revoked { get; } = revoked;

    /// <summary>Skipped steps in this state.</summary>
    public StepCounts Counts { get; init; }

    /// <summary>
    /// Where all sections lie one after the other, from the first number on; null when they are in memory of this process alone.
    /// </summary>
    public SharedSegment? Segment { get; init; }

    /// <summary>Parameters, then optimizer slots.</summary>
    public IReadOnlyList<ReadOnlyMemory<float>> Sections { get; } = sections;

    /// <inheritdoc/>
    public void Dispose() => release();
}
