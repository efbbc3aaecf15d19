using DistSeq2Seq.Exchange;
using DistSeq2Seq.Worker.State;
using Microsoft.Extensions.Logging;

namespace DistSeq2Seq.Worker;

/// <summary>The parts of a worker process that outlive generations, actor systems and coordinators.</summary>
/// <param name="WorkerId">UUID of this start of the process.</param>
/// <param name="Options">How the process was started.</param>
/// <param name="State">Gives out the replica's state.</param>
/// <param name="Owner">Finishes the sums that this worker owns.</param>
/// <param name="Channels">Connections to the other processes.</param>
/// <param name="Logger">The worker's log.</param>
public sealed record WorkerContext(
    string WorkerId, WorkerOptions Options, ReplicaState State, ReductionOwner Owner, PeerChannels Channels, ILogger Logger);
