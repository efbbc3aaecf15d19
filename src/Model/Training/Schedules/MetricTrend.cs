namespace DistSeq2Seq.Model.Training.Schedules;

/// <summary>How a validation metric has gone: what plateau schedules and early stopping look at. Smaller values are better.</summary>
/// <param name="Best">The best value that counted as better than those before; infinite before the first.</param>
/// <param name="Worse">Validations in a row since then that did not.</param>
public readonly record struct MetricTrend(double Best, int Worse)
{
    /// <summary>Before the first validation.</summary>
    public static MetricTrend Start { get; } = new(double.PositiveInfinity, 0);

    /// <summary>Takes the next validation.</summary>
    /// <param name="value">Its metric; what is not a number is no improvement.</param>
    /// <param name="threshold">Share of the best value by which a better one must lie below it (PyTorch's relative threshold).</param>
    public MetricTrend Then(double value, double threshold) =>
        value < Best - (double.IsInfinity(Best) ? 0 : threshold * Math.Abs(Best)) ? new MetricTrend(value, 0) : this
        with
        { Worse = Worse + 1 };
}
