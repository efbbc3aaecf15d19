using DistSeq2Seq.Protocol.Cluster;
using DistSeq2Seq.Protocol.Plans;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>How far a worker is on its way into the run.</summary>
public enum WorkerPhase
{
    /// <summary>Maps the corpus and builds the model.</summary>
    Preparing,

    /// <summary>Ready, but no member of the current generation.</summary>
    Ready,

    /// <summary>Member of the current generation.</summary>
    Member,
}

/// <summary>The coordinator's knowledge of one worker process.</summary>
public sealed class WorkerEntry(string id, string host, string grpcAddress, int processId)
{
    /// <summary>UUID of the process start.</summary>
    public string Id { get; } = id;

    /// <summary>Host it runs on.</summary>
    public string Host { get; } = host;

    /// <summary>Where it serves gRPC.</summary>
    public string GrpcAddress { get; } = grpcAddress;

    /// <summary>Process id on its host.</summary>
    public int ProcessId { get; } = processId;

    /// <summary>How far it is.</summary>
    public WorkerPhase Phase { get; set; } = WorkerPhase.Preparing;

    /// <summary>Whether it asked to be left out.</summary>
    public bool Leaving { get; set; }

    /// <summary>When it was last heard of.</summary>
    public DateTime LastHeard { get; set; }

    /// <summary>When it was last sent a Welcome.</summary>
    public DateTime Welcomed { get; set; }

    /// <summary>When its work last went on.</summary>
    public DateTime LastProgress { get; set; }

    /// <summary>Where its replica is, as of its last regrouping or report.</summary>
    public ReplicaPosition Position { get; set; } = new();

    /// <summary>Answered the regrouping in progress.</summary>
    public bool Regrouped { get; set; }

    /// <summary>Holds the common state of the current generation.</summary>
    public bool Synchronized { get; set; }

    /// <summary>Its micro-batches in the current generation.</summary>
    public MicroBatchRange Range { get; set; }

    /// <summary>Its last report.</summary>
    public StepReport? LastReport { get; set; }

    /// <summary>Streams and chunks that it refused since its start, as far as reported.</summary>
    public long Refused { get; set; }

    /// <summary>Steps that its speed was measured in.</summary>
    public long Measured { get; set; }

    /// <summary>Whether its replica was found to differ from the others'.</summary>
    public bool Differed { get; set; }

    /// <summary>Whether the others wait for it.</summary>
    public bool Straggles { get; set; }

    /// <summary>Micro-batches a second, smoothed; 0 while unknown.</summary>
    public double Speed { get; set; }
}
