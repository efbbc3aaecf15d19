using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Coordinator.Hosting;

/// <summary>How the coordinator process is started.</summary>
public sealed record CoordinatorOptions
{
    /// <summary>The run, with the run folder filled in.</summary>
    public required RunConfiguration Configuration { get; init; }

    /// <summary>Name or address that other processes reach this one by. Default: 127.0.0.1.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Address to listen on. Default: 127.0.0.1 when <see cref="Host"/> is this machine's loopback, else 0.0.0.0.</summary>
    public string? Bind { get; init; }

    /// <summary>
    /// Further actor addresses, host:port, through which a restarted coordinator finds its cluster; its own is always one.
    /// </summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>Leave when all steps are done, instead of serving the finished run's status.</summary>
    public bool ExitWhenFinished { get; init; }

    /// <summary>Leave when standard input ends: the parent process is gone.</summary>
    public bool ExitWithStandardInput { get; init; }
}
