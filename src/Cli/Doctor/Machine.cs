using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Cli.Doctor;

/// <summary>What <c>doctor</c> looks at besides this process.</summary>
public sealed record Machine
{
    /// <summary>The ports that a run on this machine takes unless configured otherwise; 0 for one that is not looked at.</summary>
    public PortsConfiguration Ports { get; init; } = new();

    /// <summary>The folder whose disk must take runs.</summary>
    public string Folder { get; init; } = Environment.CurrentDirectory;

    /// <summary>The Python of the benchmarks: a name on PATH or a path.</summary>
    public string Python { get; init; } = "python3";

    /// <summary>The Kubernetes client: a name on PATH or a path.</summary>
    public string Kubectl { get; init; } = "kubectl";

    /// <summary>Free bytes below which training cannot begin: a small model's first checkpoint and corpus.</summary>
    public long NeededBytes { get; init; } = 100L << 20;

    /// <summary>Free bytes below which a middling run may fill the disk: eight checkpoints of 200 MB with optimizer state.</summary>
    public long ComfortableBytes { get; init; } = 5L << 30;
}
