namespace DistSeq2Seq.Protocol.Plans.Costs;

/// <summary>The work of a step, however it is divided among workers.</summary>
public sealed record StepWork
{
    /// <summary>Micro-batches of a global batch, M, at least the number of workers.</summary>
    public required int MicroBatches { get; init; }

    /// <summary>Seconds of forward and backward of one micro-batch, on a worker that has a core for itself.</summary>
    public double MicroBatchSeconds { get; init; }

    /// <summary>Seconds of clipping and of the optimizer's step. Every worker does both for the whole gradient.</summary>
    public double ApplySeconds { get; init; }

    /// <summary>Elements of the flat gradient, at least 1.</summary>
    public required long GradientElements { get; init; }

    /// <summary>Elements of a bucket (<c>cluster.bucket_bytes / 4</c>).</summary>
    public required long BucketElements { get; init; }

    /// <summary>Elements of a chunk (<c>cluster.chunk_bytes / 4</c>).</summary>
    public required int ChunkElements { get; init; }

    /// <summary>Bytes of an element on the wire and in shared memory: 4 for float32, 2 for bfloat16.</summary>
    public int WireBytesPerElement { get; init; } = sizeof(float);

    /// <summary>Share of the compute time that can hide the exchange, 0 to 1; 0 when it begins after the last gradient.</summary>
    public double Overlap { get; init; }
}

/// <summary>The workers of a cluster and the hosts that they are on.</summary>
/// <param name="Workers">n, at least 1.</param>
/// <param name="Hosts">h, from 1 to n; workers are spread evenly.</param>
/// <param name="CoresPerHost">Cores for training and exchange on each host.</param>
/// <param name="CoordinatorAmongWorkers">Whether the coordinator is on a host that has workers too.</param>
public readonly record struct ClusterShape(int Workers, int Hosts, int CoresPerHost, bool CoordinatorAmongWorkers)
{
    /// <summary>Workers of the fullest host.</summary>
    public int WorkersPerHost => (Workers + Hosts - 1) / Hosts;
}

/// <summary>
/// Speeds of hosts and of the links between them. <c>./dist bench costs</c> measured the processors' rates on two cores of a Zen 5
/// server; the link's rates are assumptions.
/// </summary>
public sealed record HostRates
{
    /// <summary>Bytes a second of a host's network link, in each direction.</summary>
    public double NetworkBytesPerSecond { get; init; } = 1.25e9;

    /// <summary>Seconds that a message takes over an idle network.</summary>
    public double LatencySeconds { get; init; } = 1e-4;

    /// <summary>Bytes that a core sends or receives through gRPC in a second of processor time.</summary>
    public double WireBytesPerCoreSecond { get; init; } = 1.2e9;

    /// <summary>Bytes that a core copies to or from memory shared with another process in a second of processor time.</summary>
    public double CopyBytesPerCoreSecond { get; init; } = 10e9;

    /// <summary>Bytes of contributions that a core adds up in a second of processor time.</summary>
    public double SumBytesPerCoreSecond { get; init; } = 13e9;

    /// <summary>Processor time of sending or receiving one message, without that of its bytes.</summary>
    public double MessageSeconds { get; init; } = 8e-6;

    /// <summary>Seconds of the coordinator for one worker's plan and report of a step.</summary>
    public double PlanningSecondsPerWorker { get; init; } = 5e-6;
}
