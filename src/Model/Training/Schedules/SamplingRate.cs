using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Model.Training.Schedules;

/// <summary>
/// The probability that scheduled sampling replaces a word, as a pure function of the step (Bengio et al. 2015, section 2.4).
/// </summary>
/// <param name="configuration">The schedule.</param>
/// <param name="progress">Progress after a step (0: none) in a unit.</param>
public sealed class SamplingRate(ScheduledSamplingConfiguration configuration, Func<long, SpanUnit, double> progress)
{
    /// <summary>The probability that a step gives the decoder its own prediction instead of the true word; 0 is teacher forcing.</summary>
    /// <param name="step">The first is 1.</param>
    public double Of(long step)
    {
        var (lowest, over) = (configuration.MinTruth, configuration.Over);
        double Passed() => progress(step - 1, over.Unit);
        return 1 - configuration.Schedule switch
        {
            SamplingSchedule.Constant => lowest,
            SamplingSchedule.Linear => Math.Max(lowest, 1 - ((1 - lowest) * Passed() / over.Amount)),
            SamplingSchedule.InverseSigmoid => Math.Max(lowest, over.Amount / (over.Amount + Math.Exp(Passed() / over.Amount))),
            _ => 1,
        };
    }
}
