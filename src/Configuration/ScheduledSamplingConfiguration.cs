namespace DistSeq2Seq.Configuration;

/// <summary>
/// How the probability that the decoder is given the true word falls in the course of training (Bengio et al. 2015, section 2.4).
/// </summary>
public enum SamplingSchedule
{
    /// <summary>The decoder is always given the true words (teacher forcing).</summary>
    None,

    /// <summary>It stays at its lowest.</summary>
    Constant,

    /// <summary>It falls from 1 in a straight line.</summary>
    Linear,

    /// <summary>k / (k + exp(i / k)).</summary>
    InverseSigmoid,
}

/// <summary>
/// Scheduled sampling: while training, the decoder is given some of its own predictions instead of the true words before.
/// </summary>
public sealed record ScheduledSamplingConfiguration
{
    /// <summary>Which one.</summary>
    [Setting("How the probability of the true word falls (Bengio et al. 2015): none (always the true word), constant, linear or "
        + "inverse_sigmoid. Otherwise the decoder is given the word it finds likeliest, which takes a further pass over the batch.")]
    public SamplingSchedule Schedule { get; init; } = SamplingSchedule.None;

    /// <summary>Lowest probability of the true word.</summary>
    [Setting("constant: probability of the true word; linear, inverse_sigmoid: it never falls below this one.", Min = 0, Max = 1)]
    public double MinTruth { get; init; } = 0.75;

    /// <summary>Over which span it falls.</summary>
    [Setting("linear: the probability falls from 1 to min_truth over this span; inverse_sigmoid: k, where k / (k + exp(i / k)) is the "
        + "probability after i of the span's unit.")]
    public TrainingSpan Over { get; init; } = new(10, SpanUnit.Epochs);
}
