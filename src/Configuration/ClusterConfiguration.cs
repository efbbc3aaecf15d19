namespace DistSeq2Seq.Configuration;

/// <summary>Which processes sum the gradients.</summary>
public enum Topology
{
    /// <summary>Chosen by the cost model.</summary>
    Auto,

    /// <summary>The coordinator owns every shard.</summary>
    Star,

    /// <summary>Every worker owns a shard: reduce-scatter plus all-gather.</summary>
    Sharded,
}

/// <summary>How gradients travel between processes.</summary>
public enum Wire
{
    /// <summary>As float32, exactly.</summary>
    Fp32,

    /// <summary>As bfloat16, rounded to nearest even: half the bytes.</summary>
    Bf16,
}

/// <summary>Workers, exchange, ports and timeouts.</summary>
public sealed record ClusterConfiguration
{
    /// <summary>How many workers.</summary>
    [Setting("How many workers take part.", MayChangeOnResume = true)]
    public WorkersConfiguration Workers { get; init; } = new();

    /// <summary>Which processes sum the gradients.</summary>
    [Setting("star (the coordinator sums), sharded (every worker sums a part) or auto.", MayChangeOnResume = true)]
    public Topology Topology { get; init; } = Topology.Auto;

    /// <summary>libtorch threads of one worker.</summary>
    [Setting("libtorch threads of one worker. Part of what makes runs repeatable, so it is fixed for a run.", Min = 1, Max = 1024)]
    public int ThreadsPerWorker { get; init; } = 1;

    /// <summary>Size of an exchange bucket.</summary>
    [Setting("Bytes of gradient in one exchange bucket.", Min = 4096, Max = 1073741824, MayChangeOnResume = true)]
    public int BucketBytes { get; init; } = 4194304;

    /// <summary>Size of a chunk on the wire.</summary>
    [Setting("Bytes of gradient in one gRPC message.", Min = 1024, Max = 3145728, MayChangeOnResume = true)]
    public int ChunkBytes { get; init; } = 262144;

    /// <summary>How gradients travel.</summary>
    [Setting("Gradients travel as fp32, exactly, or as bf16: half the bytes, for slow networks. Sums are fp32 either way. With bf16 the "
        + "workers still hold the same bits among each other, but what the model becomes depends on how many workers there are.")]
    public Wire Wire { get; init; } = Wire.Fp32;

    /// <summary>Whether processes on one host give each other gradients and state through shared memory.</summary>
    [Setting("Gradients between processes of one host go through shared memory, which is several times faster than the network, "
        + "and so does the copy of the state that a checkpoint is written from. Changes no bit.", MayChangeOnResume = true)]
    public bool SharedMemory { get; init; } = true;

    /// <summary>How far the coordinator plans ahead.</summary>
    [Setting("Steps that the coordinator plans ahead of the slowest worker.", Min = 1, Max = 64, MayChangeOnResume = true)]
    public int PlanAhead { get; init; } = 4;

    /// <summary>How often the replicas are compared.</summary>
    [Setting("Steps between two comparisons of the workers' replicas (a hash of all parameters and optimizer state). One that differs is "
        + "named, and the run goes back to the last checkpoint. 0: only where checkpoints are written.", Min = 0, MayChangeOnResume = true)]
    public long CheckReplicasEvery { get; init; } = 100;

    /// <summary>Ports.</summary>
    [Setting("Ports of the coordinator. 0: any free one.", MayChangeOnResume = true)]
    public PortsConfiguration Ports { get; init; } = new();

    /// <summary>Timeouts.</summary>
    [Setting("Timeouts.", MayChangeOnResume = true)]
    public TimeoutsConfiguration Timeouts { get; init; } = new();
}

/// <summary>How many workers take part.</summary>
public sealed record WorkersConfiguration
{
    /// <summary>Fewest workers that train.</summary>
    [Setting("Training waits until this many workers are there.", Min = 1, Max = 4096, MayChangeOnResume = true)]
    public int Min { get; init; } = 2;

    /// <summary>Most workers that train.</summary>
    [Setting("Further workers wait as spares.", Min = 1, Max = 4096, MayChangeOnResume = true)]
    public int Max { get; init; } = 2;
}

/// <summary>Ports of the coordinator.</summary>
public sealed record PortsConfiguration
{
    /// <summary>Actor messages.</summary>
    [Setting("Actor messages (Akka remoting).", Min = 0, Max = 65535, MayChangeOnResume = true)]
    public int Akka { get; init; } = 4053;

    /// <summary>gRPC.</summary>
    [Setting("gRPC: parameter exchange, status and health services.", Min = 0, Max = 65535, MayChangeOnResume = true)]
    public int Grpc { get; init; } = 5051;

    /// <summary>HTTP.</summary>
    [Setting("HTTP: web page, /api, /metrics, /healthz.", Min = 0, Max = 65535, MayChangeOnResume = true)]
    public int Http { get; init; } = 8080;
}

/// <summary>Timeouts, in seconds.</summary>
public sealed record TimeoutsConfiguration
{
    /// <summary>Seconds without progress of a worker's step after which the worker counts as lost.</summary>
    [Setting("Seconds without any progress of a worker's step after which it counts as lost.", Min = 1, Max = 86400,
        MayChangeOnResume = true)]
    public double Step { get; init; } = 60;

    /// <summary>Seconds without heartbeats after which a node counts as unreachable.</summary>
    [Setting("Seconds of heartbeat silence after which a node counts as unreachable.", Min = 0.5, Max = 600, MayChangeOnResume = true)]
    public double Heartbeat { get; init; } = 3;

    /// <summary>Seconds that a process may take to end after it was asked to.</summary>
    [Setting("Seconds that a process may take after SIGTERM or SIGINT: the coordinator to finish the planned steps and save them, a worker "
        + "to be let go. Then it ends at once, as at the second signal.", Min = 1, Max = 86400, MayChangeOnResume = true)]
    public double Drain { get; init; } = 100;

    /// <summary>Seconds that workers wait for a lost coordinator.</summary>
    [Setting("Seconds that workers keep their state and wait for a lost coordinator.", Min = 1, Max = 604800, MayChangeOnResume = true)]
    public double Coordinator { get; init; } = 600;
}
