namespace DistSeq2Seq.Configuration;

/// <summary>Everything that describes one run: the YAML file of the command line, after overrides and defaults.</summary>
public sealed record RunConfiguration
{
    /// <summary>Run folder.</summary>
    [Setting("Folder of this run: prepared corpus, checkpoints, journal, logs. Empty: runs/<name of this file>.", MayChangeOnResume = true)]
    public string Run { get; init; } = "";

    /// <summary>Seed of every random choice.</summary>
    [Setting("Seed of every random choice: initial weights, order of the sentences, dropout.", Min = 0)]
    public long Seed { get; init; } = 1;

    /// <summary>Where the text comes from and how it becomes tokens.</summary>
    [Setting("Where the text comes from and how it becomes tokens.")]
    public DataConfiguration Data { get; init; } = new();

    /// <summary>The network.</summary>
    [Setting("The network.")]
    public ModelConfiguration Model { get; init; } = new();

    /// <summary>How the network is trained.</summary>
    [Setting("How the network is trained.")]
    public TrainingConfiguration Training { get; init; } = new();

    /// <summary>Workers, exchange, ports and timeouts.</summary>
    [Setting("Workers, exchange, ports and timeouts.")]
    public ClusterConfiguration Cluster { get; init; } = new();

    /// <summary>When checkpoints are written and which are kept.</summary>
    [Setting("When checkpoints are written and which are kept.")]
    public CheckpointConfiguration Checkpoints { get; init; } = new();

    /// <summary>How translations are searched for.</summary>
    [Setting("How translations are searched for.")]
    public DecodingConfiguration Decoding { get; init; } = new();
}
