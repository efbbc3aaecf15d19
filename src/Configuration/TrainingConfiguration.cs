namespace DistSeq2Seq.Configuration;

/// <summary>How parameters follow gradients.</summary>
public enum OptimizerKind
{
    /// <summary>Kingma and Ba 2015, algorithm 1.</summary>
    Adam,

    /// <summary>Stochastic gradient descent with momentum (as torch.optim.SGD).</summary>
    Sgd,
}

/// <summary>What to do about too many gradients in a row that are not finite.</summary>
public enum OnNan
{
    /// <summary>End the run, naming step, sentences and worker.</summary>
    Stop,

    /// <summary>Go back to the last checkpoint before them, with a lower learning rate.</summary>
    Rollback,
}

/// <summary>How the network is trained.</summary>
public sealed record TrainingConfiguration
{
    /// <summary>Global batch size.</summary>
    [Setting("Target tokens of one global batch (one step consumes one), end marks included.", Min = 1, Max = 100000000)]
    public long BatchTokens { get; init; } = 4096;

    /// <summary>Micro-batches of a global batch.</summary>
    [Setting("Micro-batches that every global batch is cut into: the indivisible units of work. Best a power of two, at least the number of workers.", Min = 1, Max = 4096)]
    public int MicroBatches { get; init; } = 4;

    /// <summary>Epochs to train.</summary>
    [Setting("Passes over the training text. 0: no limit.", Min = 0, MayChangeOnResume = true)]
    public int MaxEpochs { get; init; } = 10;

    /// <summary>Steps to train.</summary>
    [Setting("Steps to train. 0: no limit.", Min = 0, MayChangeOnResume = true)]
    public long MaxSteps { get; init; }

    /// <summary>Optimizer.</summary>
    [Setting("Optimizer.")]
    public OptimizerConfiguration Optimizer { get; init; } = new();

    /// <summary>Largest norm of the whole gradient.</summary>
    [Setting("The gradient is scaled down to this global L2 norm when it is longer. 0: never.", Min = 0)]
    public double ClipNorm { get; init; } = 1.0;

    /// <summary>Smoothing of the targets.</summary>
    [Setting("Label smoothing: probability mass spread evenly over the vocabulary (Szegedy et al. 2016).", Min = 0, Max = 0.99)]
    public double LabelSmoothing { get; init; }

    /// <summary>What to do about gradients that are not finite.</summary>
    [Setting("A step whose gradient is not finite changes nothing; it counts as a step, but not in adam's bias correction. After max_skipped_steps of them in a row: stop (the line names step, sentences and worker) or rollback (to the last checkpoint before them, with a lower learning rate).", MayChangeOnResume = true)]
    public OnNan OnNan { get; init; } = OnNan.Stop;

    /// <summary>Steps skipped in a row that are too many.</summary>
    [Setting("Steps in a row whose gradients are not finite, at which on_nan takes effect.", Min = 1, Max = 1000000, MayChangeOnResume = true)]
    public long MaxSkippedSteps { get; init; } = 10;

    /// <summary>What a rollback multiplies the learning rate with.</summary>
    [Setting("on_nan rollback: what learning rates are multiplied with from there on.", Min = 0.000001, Max = 1, MayChangeOnResume = true)]
    public double RollbackFactor { get; init; } = 0.5;

    /// <summary>Steps between validations.</summary>
    [Setting("Steps between two validations. 0: after each epoch.", Min = 0)]
    public long ValidateEvery { get; init; }
}

/// <summary>The optimizer and its constants.</summary>
public sealed record OptimizerConfiguration
{
    /// <summary>Which one.</summary>
    [Setting("adam or sgd.")]
    public OptimizerKind Name { get; init; } = OptimizerKind.Adam;

    /// <summary>Step size.</summary>
    [Setting("Learning rate.", Min = 0)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>Adam's decay of the first moment.</summary>
    [Setting("adam: decay of the first moment.", Min = 0, Max = 0.9999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's decay of the second moment.</summary>
    [Setting("adam: decay of the second moment.", Min = 0, Max = 0.9999999)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Adam's epsilon.</summary>
    [Setting("adam: added to the root of the second moment.", Min = 0)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>SGD's momentum.</summary>
    [Setting("sgd: momentum.", Min = 0, Max = 0.9999999)]
    public double Momentum { get; init; }
}
