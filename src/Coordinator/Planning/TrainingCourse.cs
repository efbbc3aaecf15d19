using System.Globalization;
using System.Text.Json.Nodes;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Model.Training.Schedules;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>
/// The decisions that depend on the step and the validations so far: the learning rate, when to validate, when to save, and when training
/// ends. Pure, so that a restarted coordinator, or one that went back to a checkpoint, decides the same again.
/// </summary>
/// <param name="training">Training section of the configuration.</param>
/// <param name="checkpointEvery">Length between two checkpoints; 0 for checkpoints after each epoch only.</param>
/// <param name="schedule">Places of steps in the corpus.</param>
public sealed class TrainingCourse(TrainingConfiguration training, TrainingSpan checkpointEvery, StepSchedule schedule)
{
    /// <summary>Name of the next step's learning rate in <c>state.json</c>.</summary>
    internal const string NextLearningRate = "next_learning_rate";

    private readonly LearningRateSchedule _rates = new(training, schedule.Progress);
    private readonly SamplingRate _sampling = new(training.ScheduledSampling, schedule.Progress);

    /// <summary>
    /// Results of <see cref="IsValidationStep"/> for validated steps. They are kept, because with lengths in tokens each one needs the
    /// batches of its epoch.
    /// </summary>
    private readonly Dictionary<long, bool> _regular = [];

    /// <summary>The learning rate of a step, without the factors of rewinds.</summary>
    /// <param name="step">Step, from 1.</param>
    /// <param name="validations">Validation losses by step; only those before the step count.</param>
    public double LearningRate(long step, IEnumerable<ValidationLoss> validations) => _rates.Rate(step, Metrics(validations, step - 1));

    /// <summary>The probability that a step gives the decoder its own prediction instead of the true word.</summary>
    public double Sampled(long step) => _sampling.Of(step);

    /// <summary>Whether a regular validation follows a step; the validation at the end of the run may be an extra one.</summary>
    public bool IsValidationStep(long step) => training.ValidateEvery.IsZero
        ? schedule.Locate(step).EndsEpoch
        : schedule.Completes(step, training.ValidateEvery);

    /// <summary>Whether a regular checkpoint follows a step, in addition to those at validations and at the end.</summary>
    public bool IsCheckpointStep(long step) => schedule.Locate(step).EndsEpoch
        || (!checkpointEvery.IsZero && schedule.Completes(step, checkpointEvery));

    /// <summary>Whether training is over after <paramref name="step"/> steps.</summary>
    public bool IsOver(long step, IEnumerable<ValidationLoss> validations) => schedule.IsOver(step) || StopsEarly(step, validations);

    /// <summary>Why training is over, for people.</summary>
    public string Ending(long step, IEnumerable<ValidationLoss> validations) => StopsEarly(step, validations)
        ? string.Create(CultureInfo.InvariantCulture, $"stopped early after step {step}: no better validation "
            + $"than {Best(step, validations)}{(training.ValidationMetric == ValidationMetric.Bleu ? " BLEU" : "")} "
            + $"in {training.EarlyStopping.Patience} in a row")
        : $"all {step} steps are done";

    /// <summary>Entries for <c>state.json</c>, which follow from the step and the validations listed there.</summary>
    public JsonObject Describe(long step, IEnumerable<ValidationLoss> validations)
    {
        var trend = Trend(step, validations);
        return new JsonObject
        {
            [NextLearningRate] = LearningRate(step + 1, validations),
            ["plateau_falls"] = _rates.Falls(Metrics(validations, step)),
            ["validations_without_improvement"] = trend.Worse,
            ["stopped_early"] = StopsEarly(step, validations),
        };
    }

    /// <summary>Whether the validations up to a step no longer improve (training.early_stopping).</summary>
    public bool StopsEarly(long step, IEnumerable<ValidationLoss> validations) =>
        training.EarlyStopping.Patience > 0 && Trend(step, validations).Worse >= training.EarlyStopping.Patience;

    private double Best(long step, IEnumerable<ValidationLoss> validations) =>
        Trend(step, validations).Best * (training.ValidationMetric == ValidationMetric.Bleu ? -1 : 1);

    private MetricTrend Trend(long step, IEnumerable<ValidationLoss> validations) =>
        Metrics(validations, step).Aggregate(MetricTrend.Start, (trend, value) => trend.Then(value, training.EarlyStopping.Threshold));

    /// <summary>
    /// The regular validations up to a step, oldest first. The extra validation at the end of a run is left out: a run that is prolonged
    /// must not differ from a run that was long from the start.
    /// </summary>
    private IEnumerable<double> Metrics(IEnumerable<ValidationLoss> validations, long lastStep) =>
        validations.Where(v => v.Step <= lastStep && IsRegular(v.Step)).OrderBy(v => v.Step).Select(Metric);

    /// <summary>The value by which validations are compared; lower is better.</summary>
    private double Metric(ValidationLoss validation) => training.ValidationMetric switch
    {
        ValidationMetric.Perplexity => Math.Exp(validation.Loss),
        ValidationMetric.Bleu => -(validation.Bleu ?? double.NaN),
        _ => validation.Loss,
    };

    private bool IsRegular(long step) => _regular.TryGetValue(step, out var known) ? known : _regular[step] = IsValidationStep(step);
}

/// <summary>A validation.</summary>
/// <param name="Step">The validation follows this step.</param>
/// <param name="Loss">Nats per target token.</param>
/// <param name="Bleu">0 to 100; null where BLEU was not computed.</param>
public readonly record struct ValidationLoss(long Step, double Loss, double? Bleu = null);
