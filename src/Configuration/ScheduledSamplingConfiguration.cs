namespace DistSeq2Seq.Configuration;

/// <summary>
/// How the probability that the decoder is given the true word falls in the course of training (Bengio et al. 2015, section 2.4).
/// </summary>
public enum SamplingSchedule
{
    /// <summary>The decoder is always given the true words (teacher forcing).</summary>
    None,

    /// <summary>The probability is always the lowest one.</summary>
    Constant,

    /// <summary>The probability falls linearly from 1.</summary>
    Linear,

    /// <summary>The probability is k / (k + exp(i / k)).</summary>
    InverseSigmoid,
}

/// <summary>
/// Scheduled sampling: while training, the decoder gets some of its own predictions instead of the true previous words.
/// </summary>
public sealed record ScheduledSamplingConfiguration
{
    /// <summary>How the probability of the true word falls.</summary>
    [Setting("How the probability of the true word falls (Bengio et al. 2015): none (always the true word), constant, linear or "
        + "inverse_sigmoid. Otherwise the decoder is given the word it finds likeliest, which takes a further pass over the batch.")]
    public SamplingSchedule Schedule { get; init; } = SamplingSchedule.None;

    /// <summary>Lowest probability of the true word.</summary>
    [Setting("constant: probability of the true word; linear, inverse_sigmoid: it never falls below this one.", Min = 0, Max = 1)]
    public double MinTruth { get; init; } = 0.75;

    /// <summary>Span over which the probability falls.</summary>
    [Setting("linear: the probability falls from 1 to min_truth over this span; inverse_sigmoid: k, where k / (k + exp(i / k)) is the "
        + "probability after i of the span's unit.")]
    public TrainingSpan Over { get; init; } = new(10, SpanUnit.Epochs);
}
