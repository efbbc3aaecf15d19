using DistSeq2Seq.Protocol.Monitoring;

namespace DistSeq2Seq.Coordinator.Services;

/// <summary>Where endpoints read a run's status and learn of its changes.</summary>
public interface IStatusSource
{
    /// <summary>The status now: a finished message that nobody changes any more. A change brings a new one.</summary>
    RunStatus Current { get; }

    /// <summary>
    /// Completes at the next change. Whoever takes it first and reads <see cref="Current"/> then misses no change.
    /// </summary>
    Task NextChange { get; }
}
