using DistSeq2Seq.Coordinator.Checkpoints;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Coordinator.Services;
using DistSeq2Seq.Exchange;

namespace DistSeq2Seq.Coordinator.Membership;

/// <summary>The parts of the coordinator's process that its actor works with. They outlive the actor.</summary>
/// <param name="Run">The run.</param>
/// <param name="Owner">Finishes sums of gradients, where the topology is a star.</param>
/// <param name="Checkpoints">Writes checkpoints and serves them.</param>
/// <param name="Board">Shows the run's status.</param>
/// <param name="Control">Brings the orders of people: pause, resume, checkpoint, stop.</param>
/// <param name="Process">This start of the process.</param>
public sealed record CoordinatorServices(
    CoordinatedRun Run, ReductionOwner Owner, CheckpointService Checkpoints, StatusBoard Board, RunControl Control,
    CoordinatorProcess Process);
