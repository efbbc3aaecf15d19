namespace DistSeq2Seq.Configuration;

/// <summary>How the learning rate changes in the course of training.</summary>
public enum ScheduleKind
{
    /// <summary>The rate does not change.</summary>
    Constant,

    /// <summary>The rate falls with the inverse square root of the progress (Vaswani et al. 2017, equation 3).</summary>
    InverseSquareRoot,

    /// <summary>The rate falls by the same factor over every span, smoothly.</summary>
    Exponential,

    /// <summary>
    /// The rate is multiplied by a factor at a start point and after every span from there on (Luong et al. 2015, section 4.1).
    /// </summary>
    Halving,

    /// <summary>The rate is multiplied by a factor when validations no longer improve.</summary>
    Plateau,
}

/// <summary>
/// How the learning rate changes in the course of training. The rate is a function of the step and of the validations before it.
/// </summary>
public sealed record ScheduleConfiguration
{
    /// <summary>Kind of schedule.</summary>
    [Setting("constant, inverse_square_root (Vaswani et al. 2017), exponential (falls smoothly), halving (after a start, every so often; "
        + "Luong et al. 2015) or plateau (when validations no longer improve). Lengths are updates (500, 100Ku), target tokens (10Gt) or "
        + "epochs (5e).")]
    public ScheduleKind Name { get; init; } = ScheduleKind.Constant;

    /// <summary>Linear warm-up.</summary>
    [Setting("All: the rate rises linearly to its full value over this span. 0: no warm-up.")]
    public TrainingSpan Warmup { get; init; }

    /// <summary>When the rate begins to fall.</summary>
    [Setting("inverse_square_root, exponential, halving: the rate begins to fall here. 0: inverse_square_root when warmed up, exponential "
        + "at once, halving after the first `every`.")]
    public TrainingSpan Start { get; init; }

    /// <summary>Over which span, or how often, the factor applies.</summary>
    [Setting("exponential: the rate falls by `factor` over each such span; halving: it is multiplied by `factor` after each.")]
    public TrainingSpan Every { get; init; } = new(1, SpanUnit.Epochs);

    /// <summary>Factor by which the rate falls.</summary>
    [Setting("exponential, halving, plateau: what the rate is multiplied by.", Min = 0.0001, Max = 0.9999)]
    public double Factor { get; init; } = 0.5;

    /// <summary>Validations without improvement before the rate falls.</summary>
    [Setting("plateau: the rate falls after this many validations in a row without improvement (PyTorch's ReduceLROnPlateau counts "
        + "one less).", Min = 1, Max = 1000000)]
    public int Patience { get; init; } = 3;

    /// <summary>Share of the best value by which a validation must be better to count as an improvement.</summary>
    [Setting("plateau: a validation counts as better when it is by more than this share of the best one.", Min = 0, Max = 0.5)]
    public double Threshold { get; init; } = 0.0001;

    /// <summary>Smallest learning rate after warm-up.</summary>
    [Setting("The rate never falls below this one.", Min = 0)]
    public double MinLearningRate { get; init; }
}

/// <summary>Ends training when validations no longer improve.</summary>
public sealed record EarlyStoppingConfiguration
{
    /// <summary>Validations without improvement before training ends.</summary>
    [Setting("Training ends after this many validations in a row without improvement. 0: never.", Min = 0, Max = 1000000,
        MayChangeOnResume = true)]
    public int Patience { get; init; }

    /// <summary>Share of the best value by which a validation must be better to count as an improvement.</summary>
    [Setting("A validation counts as better when it is by more than this share of the best one.", Min = 0, Max = 0.5,
        MayChangeOnResume = true)]
    public double Threshold { get; init; }
}
