namespace DistSeq2Seq.Configuration;

/// <summary>When checkpoints are written and which are kept.</summary>
public sealed record CheckpointConfiguration
{
    /// <summary>Steps between checkpoints.</summary>
    [Setting("Steps between two checkpoints, or target tokens (100Mt) or epochs (0.5e). 0: only after each epoch, and at the end.", MayChangeOnResume = true)]
    public TrainingSpan Every { get; init; } = 500;

    /// <summary>How many of the newest are kept.</summary>
    [Setting("The newest N are kept.", Min = 1, Max = 100000, MayChangeOnResume = true)]
    public int KeepLast { get; init; } = 3;

    /// <summary>How many of the best are kept.</summary>
    [Setting("The N with the lowest validation loss are kept besides.", Min = 0, Max = 100000, MayChangeOnResume = true)]
    public int KeepBest { get; init; } = 1;
}

/// <summary>How translations are searched for.</summary>
public sealed record DecodingConfiguration
{
    /// <summary>Hypotheses kept at each step.</summary>
    [Setting("Beam width; 1 is greedy search.", Min = 1, Max = 1000, MayChangeOnResume = true)]
    public int Beam { get; init; } = 5;

    /// <summary>Strength of the length penalty.</summary>
    [Setting("Length penalty alpha (Wu et al. 2016, eq. 14); 0 favours short output.", Min = 0, Max = 10, MayChangeOnResume = true)]
    public double LengthPenalty { get; init; } = 0.6;

    /// <summary>Longest output relative to its source.</summary>
    [Setting("Output has at most this many times the source tokens, plus 10.", Min = 0.1, Max = 100, MayChangeOnResume = true)]
    public double MaxLengthRatio { get; init; } = 2;

    /// <summary>Sentences decoded together.</summary>
    [Setting("Sentences decoded together.", Min = 1, Max = 10000, MayChangeOnResume = true)]
    public int BatchSize { get; init; } = 32;
}
