namespace DistSeq2Seq.Model.Training.Schedules;

/// <summary>The course of a validation metric, for plateau schedules and early stopping. Smaller values are better.</summary>
/// <param name="Best">The best value that counted as better than those before; infinite before the first.</param>
/// <param name="Worse">Number of validations in a row since then that did not count as better.</param>
public readonly record struct MetricTrend(double Best, int Worse)
{
    /// <summary>Before the first validation.</summary>
    public static MetricTrend Start { get; } = new(double.PositiveInfinity, 0);

    /// <summary>Takes the next validation.</summary>
    /// <param name="value">Its metric; a value that is not a number is no improvement.</param>
    /// <param name="threshold">Share of the best value by which a better value must lie below it (PyTorch's relative threshold).</param>
    public MetricTrend Then(double value, double threshold) =>
        value < Best - (double.IsInfinity(Best) ? 0 : threshold * Math.Abs(Best)) ? new MetricTrend(value, 0) : this
        with
        { Worse = Worse + 1 };
}
