using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>Phase of a worker on its way into the run.</summary>
public enum WorkerPhase
{
    /// <summary>The worker maps the corpus and builds the model.</summary>
    Preparing,

    /// <summary>Ready, but not a member of the current generation.</summary>
    Ready,

    /// <summary>Member of the current generation.</summary>
    Member,
}

/// <summary>The coordinator's knowledge of one worker process.</summary>
public sealed class WorkerEntry(string id, string host, string grpcAddress, int processId)
{
    /// <summary>UUID of the process start.</summary>
    public string Id { get; } = id;

    /// <summary>Host of the process.</summary>
    public string Host { get; } = host;

    /// <summary>Address of its gRPC server.</summary>
    public string GrpcAddress { get; } = grpcAddress;

    /// <summary>Process id on its host.</summary>
    public int ProcessId { get; } = processId;

    /// <summary>Phase of the worker.</summary>
    public WorkerPhase Phase { get; set; } = WorkerPhase.Preparing;

    /// <summary>Whether it asked to leave, or is refused and leaves with the next generation.</summary>
    public bool Leaving { get; set; }

    /// <summary>Time of its last message.</summary>
    public DateTime LastHeard { get; set; }

    /// <summary>Time of the last Welcome to it.</summary>
    public DateTime Welcomed { get; set; }

    /// <summary>Time of its last progress.</summary>
    public DateTime LastProgress { get; set; }

    /// <summary>Position of its replica at its last regrouping or report.</summary>
    public ReplicaPosition Position { get; set; } = new();

    /// <summary>Whether it has answered the regrouping in progress.</summary>
    public bool Regrouped { get; set; }

    /// <summary>Whether it holds the common state of the current generation.</summary>
    public bool Synchronized { get; set; }

    /// <summary>Its micro-batches in the current generation.</summary>
    public MicroBatchRange Range { get; set; }

    /// <summary>Its last report.</summary>
    public StepReport? LastReport { get; set; }

    /// <summary>Streams and chunks that it has refused since its start, according to its last report.</summary>
    public long Refused { get; set; }

    /// <summary>Number of steps with a measurement of its speed.</summary>
    public long Measured { get; set; }

    /// <summary>Whether its replica was found to differ from the others'.</summary>
    public bool Differed { get; set; }

    /// <summary>Whether it is a straggler, which the others wait for.</summary>
    public bool Straggles { get; set; }

    /// <summary>Micro-batches a second, smoothed; 0 while unknown.</summary>
    public double Speed { get; set; }
}
