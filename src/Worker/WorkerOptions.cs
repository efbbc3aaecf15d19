namespace DistSeq2Seq.Worker;

/// <summary>How one worker process is started.</summary>
public sealed record WorkerOptions
{
    /// <summary>Actor addresses, host:port, where the cluster can be found; the coordinator's is enough.</summary>
    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>Name or address that other processes reach this one by. Default: 127.0.0.1.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Address to listen on. Default: 127.0.0.1 when <see cref="Host"/> is this machine's loopback, else 0.0.0.0.</summary>
    public string? Bind { get; init; }

    /// <summary>Port of actor messages; 0 takes any free one.</summary>
    public int AkkaPort { get; init; }

    /// <summary>Port of gRPC; 0 takes any free one.</summary>
    public int GrpcPort { get; init; }

    /// <summary>Folder for a corpus fetched from the coordinator; null for a folder under the system's temporary one.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Where tensors live: cpu or auto.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Stay after the run is finished, serving health checks, instead of ending.</summary>
    public bool Stay { get; init; }

    /// <summary>Leave when standard input ends: the parent process is gone.</summary>
    public bool ExitWithStandardInput { get; init; }
}
