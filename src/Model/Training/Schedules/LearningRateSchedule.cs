using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Model.Training.Schedules;

/// <summary>
/// The learning rate of every step: a pure function of the step and of the validations before it. So changes of workers and resumed runs
/// do not change it.
/// <code>
///   rate(s) = warmup(s) × max(base × decay(s), minimum)
///   warmup              min(1, after(s) / warmup)
///   inverse_square_root min(1, sqrt(start / after(s)))                   Vaswani et al. 2017, equation 3
///   exponential         factor ^ ((before(s) − start) / every)           from start on
///   halving             factor ^ (1 + floor((before(s) − start) / every)) from start on; Luong et al. 2015, section 4.1
///   plateau             factor ^ (falls so far)                          torch.optim.lr_scheduler.ReduceLROnPlateau
/// </code>
/// after(s) is the progress that step s completes, before(s) that of the step before, each in the unit of the span it is compared with.
/// </summary>
/// <param name="training">Schedule and full rate.</param>
/// <param name="progress">Progress after a step (0: none) in a unit.</param>
public sealed class LearningRateSchedule(TrainingConfiguration training, Func<long, SpanUnit, double> progress)
{
    private readonly ScheduleConfiguration _schedule = training.Schedule;
    private readonly double _base = training.Optimizer.LearningRate;
    private long? _startStep;

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">The first is 1.</param>
    /// <param name="validations">Metric of every validation made after an earlier step, oldest first; smaller is better.</param>
    public double Rate(long step, IEnumerable<double> validations)
    {
        var decay = _schedule.Name switch
        {
            ScheduleKind.InverseSquareRoot => InverseSquareRoot(step),
            ScheduleKind.Exponential => Exponential(step),
            ScheduleKind.Halving => Halving(step),
            ScheduleKind.Plateau => Math.Pow(_schedule.Factor, Falls(validations)),
            _ => 1,
        };
        return Warmup(step) * Math.Max(_base * decay, _schedule.MinLearningRate);
    }

    /// <summary>How often a plateau has made the rate fall; 0 for other schedules.</summary>
    /// <param name="validations">As for <see cref="Rate"/>.</param>
    public int Falls(IEnumerable<double> validations)
    {
        if (_schedule.Name != ScheduleKind.Plateau)
            return 0;
        var (trend, falls) = (MetricTrend.Start, 0);
        foreach (var value in validations)
        {
            trend = trend.Then(value, _schedule.Threshold);
            if (trend.Worse < _schedule.Patience)
                continue;
            trend = trend with { Worse = 0 };
            falls++;
        }

        return falls;
    }

    private double Warmup(long step) =>
        _schedule.Warmup.IsZero ? 1 : Math.Min(1, progress(step, _schedule.Warmup.Unit) / _schedule.Warmup.Amount);

    private double InverseSquareRoot(long step)
    {
        var start = _schedule.Start.IsZero ? _schedule.Warmup : _schedule.Start;
        return Math.Min(1, Math.Sqrt(start.Amount / progress(step, start.Unit)));
    }

    private double Exponential(long step)
    {
        var (every, start) = (_schedule.Every, _schedule.Start.IsZero ? _schedule.Every with { Amount = 0 } : _schedule.Start);
        return HasBegun(step, start) ? Math.Pow(_schedule.Factor, Since(step, start, every.Unit) / every.Amount) : 1;
    }

    private double Halving(long step)
    {
        var (every, start) = (_schedule.Every, _schedule.Start.IsZero ? _schedule.Every : _schedule.Start);
        return HasBegun(step, start) ? Math.Pow(_schedule.Factor, 1 + Math.Floor(Since(step, start, every.Unit) / every.Amount)) : 1;
    }

    private bool HasBegun(long step, TrainingSpan start) => progress(step - 1, start.Unit) >= start.Amount;

    /// <summary>Progress, in a unit, between a start and a step's beginning.</summary>
    private double Since(long step, TrainingSpan start, SpanUnit unit)
    {
        if (start.Unit == unit)
            return progress(step - 1, unit) - start.Amount;
        _startStep ??= FirstStepAfter(start, step);
        return progress(step - 1, unit) - progress(_startStep.Value, unit);
    }

    /// <summary>The step that reaches a start given in another unit; counting begins there.</summary>
    /// <param name="start">Reached before <paramref name="step"/>.</param>
    private long FirstStepAfter(TrainingSpan start, long step)
    {
        long low = 0, high = step - 1;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (progress(middle, start.Unit) >= start.Amount)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
