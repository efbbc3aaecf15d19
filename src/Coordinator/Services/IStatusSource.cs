using DistSeq2Seq.Protocol.Monitoring;

namespace DistSeq2Seq.Coordinator.Services;

/// <summary>Where endpoints read a run's status and learn of its changes.</summary>
public interface IStatusSource
{
    /// <summary>The present status: a message that does not change. A change of the run brings a new message.</summary>
    RunStatus Current { get; }

    /// <summary>
    /// Completes at the next change. Whoever takes it first and reads <see cref="Current"/> then misses no change.
    /// </summary>
    Task NextChange { get; }
}
