namespace DistSeq2Seq.Configuration;

/// <summary>How gradients update the parameters.</summary>
public enum OptimizerKind
{
    /// <summary>Kingma and Ba 2015, algorithm 1.</summary>
    Adam,

    /// <summary>Stochastic gradient descent with momentum (as torch.optim.SGD).</summary>
    Sgd,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2).</summary>
    Adamw,

    /// <summary>Tieleman and Hinton 2012 (as torch.optim.RMSprop).</summary>
    Rmsprop,

    /// <summary>Duchi et al. 2011 (as torch.optim.Adagrad).</summary>
    Adagrad,

    /// <summary>Zeiler 2012 (as torch.optim.Adadelta).</summary>
    Adadelta,
}

/// <summary>What a run does after too many gradients in a row that are not finite.</summary>
public enum OnNan
{
    /// <summary>End the run, naming step, sentences and worker.</summary>
    Stop,

    /// <summary>Go back to the last checkpoint before them, with a lower learning rate.</summary>
    Rollback,
}

/// <summary>Metric by which validations are compared.</summary>
public enum ValidationMetric
{
    /// <summary>Cross-entropy in nats per target token; lower is better.</summary>
    Loss,

    /// <summary>e to the power of the loss; lower is better.</summary>
    Perplexity,

    /// <summary>BLEU of greedy translations; higher is better.</summary>
    Bleu,
}

/// <summary>How the network is trained.</summary>
public sealed record TrainingConfiguration
{
    /// <summary>Global batch size.</summary>
    [Setting("Target tokens of one global batch (one step consumes one), end marks included. To accumulate gradients, raise it together "
        + "with micro_batches: memory follows a micro-batch.", Min = 1, Max = 100000000)]
    public long BatchTokens { get; init; } = 4096;

    /// <summary>Micro-batches of a global batch.</summary>
    [Setting("Micro-batches that every global batch is cut into: the indivisible units of work. A worker computes its own one after the "
        + "other and adds their gradients up. Best a power of two, at least the number of workers.", Min = 1, Max = 4096)]
    public int MicroBatches { get; init; } = 4;

    /// <summary>Epochs to train.</summary>
    [Setting("Passes over the training text. 0: no limit.", Min = 0, MayChangeOnResume = true)]
    public int MaxEpochs { get; init; } = 10;

    /// <summary>Steps to train.</summary>
    [Setting("Steps to train, or target tokens (10Gt) or epochs (2.5e). 0: no limit.", MayChangeOnResume = true)]
    public TrainingSpan MaxSteps { get; init; }

    /// <summary>Optimizer.</summary>
    [Setting("Optimizer.")]
    public OptimizerConfiguration Optimizer { get; init; } = new();

    /// <summary>Course of the learning rate.</summary>
    [Setting("How the learning rate changes in the course of training.")]
    public ScheduleConfiguration Schedule { get; init; } = new();

    /// <summary>Largest norm of the whole gradient.</summary>
    [Setting("The gradient is scaled down to this global L2 norm when it is longer. 0: never.", Min = 0)]
    public double ClipNorm { get; init; } = 1.0;

    /// <summary>Scheduled sampling.</summary>
    [Setting("While training, gives the decoder some of its own predictions instead of the true words before.")]
    public ScheduledSamplingConfiguration ScheduledSampling { get; init; } = new();

    /// <summary>Decay of the parameters' moving average.</summary>
    [Setting("A moving average of the parameters is kept, of which each step keeps this share (less at first; Marian's exponential "
        + "smoothing), for example 0.9999. Validation and translation use it. 0: none.", Min = 0, Max = 0.9999999)]
    public double EmaDecay { get; init; }

    /// <summary>Smoothing of the targets.</summary>
    [Setting("Label smoothing: probability mass spread evenly over the vocabulary (Szegedy et al. 2016).", Min = 0, Max = 0.99)]
    public double LabelSmoothing { get; init; }

    /// <summary>What to do about gradients that are not finite.</summary>
    [Setting("A step whose gradient is not finite changes nothing; it counts as a step, but not in an optimizer's bias correction. After "
        + "max_skipped_steps of them in a row: stop (the line names step, sentences and worker) or rollback (to the last checkpoint before "
        + "them, with a lower learning rate).", MayChangeOnResume = true)]
    public OnNan OnNan { get; init; } = OnNan.Stop;

    /// <summary>Number of steps skipped in a row at which on_nan takes effect.</summary>
    [Setting("Steps in a row whose gradients are not finite, at which on_nan takes effect.", Min = 1, Max = 1000000,
        MayChangeOnResume = true)]
    public long MaxSkippedSteps { get; init; } = 10;

    /// <summary>Factor of the learning rate after a rollback.</summary>
    [Setting("on_nan rollback: what learning rates are multiplied with from there on.", Min = 0.000001, Max = 1, MayChangeOnResume = true)]
    public double RollbackFactor { get; init; } = 0.5;

    /// <summary>Steps between validations.</summary>
    [Setting("Steps between two validations, or target tokens (100Mt) or epochs (0.5e). 0: after each epoch.")]
    public TrainingSpan ValidateEvery { get; init; }

    /// <summary>Metric by which validations are compared.</summary>
    [Setting("What plateau, early_stopping and checkpoints.keep_best compare validations by, and which checkpoint translates: loss, "
        + "perplexity (the same order, but thresholds are shares of it) or bleu (of greedy translations of the validation text, 13a, "
        + "against the text as the tokenizers give it back; the workers share the sentences).")]
    public ValidationMetric ValidationMetric { get; init; } = ValidationMetric.Loss;

    /// <summary>Early stopping.</summary>
    [Setting("Ends training when validations no longer improve.")]
    public EarlyStoppingConfiguration EarlyStopping { get; init; } = new();
}

/// <summary>The optimizer and its constants.</summary>
public sealed record OptimizerConfiguration
{
    /// <summary>Kind of optimizer.</summary>
    [Setting("adam, adamw (decoupled weight decay), sgd, rmsprop, adagrad or adadelta; each as PyTorch computes it.")]
    public OptimizerKind Name { get; init; } = OptimizerKind.Adam;

    /// <summary>Learning rate.</summary>
    [Setting("Learning rate: the highest, where a schedule changes it.", Min = 0)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>Decay of Adam's and AdamW's first moment.</summary>
    [Setting("adam, adamw: decay of the first moment.", Min = 0, Max = 0.9999999)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of Adam's and AdamW's second moment.</summary>
    [Setting("adam, adamw: decay of the second moment.", Min = 0, Max = 0.9999999)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Epsilon of all optimizers but SGD.</summary>
    [Setting("adam, adamw, rmsprop, adagrad: added to the root of the second moment, mean square or sum of squares. adadelta: "
        + "added to both mean squares; 1e-6 in PyTorch.", Min = 0)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Momentum of SGD and RMSprop.</summary>
    [Setting("sgd, rmsprop: momentum.", Min = 0, Max = 0.9999999)]
    public double Momentum { get; init; }

    /// <summary>Whether SGD uses Nesterov's momentum.</summary>
    [Setting("sgd: Nesterov's momentum (Sutskever et al. 2013).")]
    public bool Nesterov { get; init; }

    /// <summary>AdamW's weight decay.</summary>
    [Setting("adamw: share of each parameter that a step takes away, times the learning rate.", Min = 0, Max = 1000)]
    public double WeightDecay { get; init; }

    /// <summary>Decay of RMSprop's mean square and of Adadelta's two mean squares.</summary>
    [Setting("rmsprop: decay of the mean square (PyTorch's alpha). adadelta: decay of both mean squares (PyTorch's rho, 0.9 "
        + "there); it goes with a learning_rate of 1.", Min = 0, Max = 0.9999999)]
    public double Decay { get; init; } = 0.99;

    /// <summary>Initial value of Adagrad's sums of squares.</summary>
    [Setting("adagrad: what the sums of squares begin with.", Min = 0, Max = 1000)]
    public double InitialAccumulator { get; init; }
}
