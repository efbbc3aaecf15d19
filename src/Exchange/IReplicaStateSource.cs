namespace DistSeq2Seq.Exchange;

/// <summary>Gives out the state that a replica holds at a step.</summary>
public interface IReplicaStateSource
{
    /// <summary>
    /// The sections (parameters, then optimizer slots) of the state at <paramref name="step"/>; null when it is not held.
    /// </summary>
    /// <remarks>The memory stays as it is until the returned lease is disposed.</remarks>
    Task<ReplicaStateLease?> OpenAsync(long step, CancellationToken cancellation);
}
