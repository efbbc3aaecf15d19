namespace DistSeq2Seq.Configuration;

/// <summary>When checkpoints are written and which are kept.</summary>
public sealed record CheckpointConfiguration
{
    /// <summary>Steps between checkpoints.</summary>
    [Setting("Steps between two checkpoints, or target tokens (100Mt) or epochs (0.5e). 0: only after each epoch, and at the end.",
        MayChangeOnResume = true)]
    public TrainingSpan Every { get; init; } = 500;

    /// <summary>How many of the newest are kept.</summary>
    [Setting("The newest N are kept.", Min = 1, Max = 100000, MayChangeOnResume = true)]
    public int KeepLast { get; init; } = 3;

    /// <summary>How many of the best are kept.</summary>
    [Setting("The N with the best validation (training.validation_metric) are kept besides.", Min = 0, Max = 100000,
        MayChangeOnResume = true)]
    public int KeepBest { get; init; } = 1;
}
