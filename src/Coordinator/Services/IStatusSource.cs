using DistSeq2Seq.Protocol.Monitoring;

namespace DistSeq2Seq.Coordinator.Services;

/// <summary>Gives endpoints a run's status and its changes.</summary>
public interface IStatusSource
{
    /// <summary>The present status: a message that does not change. A change of the run brings a new message.</summary>
    RunStatus Current { get; }

    /// <summary>
    /// Completes at the next change. A caller that takes this task before it reads <see cref="Current"/> misses no change.
    /// </summary>
    Task NextChange { get; }
}
