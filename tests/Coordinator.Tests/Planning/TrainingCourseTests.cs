using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Planning;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests.Planning;

/// <summary>Ten steps an epoch; validations every five steps unless said.</summary>
public class TrainingCourseTests
{
    private static readonly TrainingConfiguration Training = new()
    {
        ValidateEvery = 5,
        Optimizer = new() { LearningRate = 0.8 },
        Schedule = new() { Name = ScheduleKind.Plateau, Patience = 2, Factor = 0.5, Threshold = 0 },
        EarlyStopping = new() { Patience = 4 },
    };

    [Fact]
    public void LearningRate_OfAStep_DependsOnEarlierValidationsOnly()
    {
        var course = NewCourse(Training);
        var validations = Losses(3, 2, 2, 2, 2, 2); // after steps 5, 10, …, 30: no better one after 15 and 20, after 25 and 30
        Assert.Equal(0.8, course.LearningRate(20, validations));
        Assert.Equal(0.4, course.LearningRate(21, validations));
        Assert.Equal(0.4, course.LearningRate(30, validations));
        Assert.Equal(0.2, course.LearningRate(31, validations));
        Assert.Equal(0.8, course.LearningRate(1, validations));
        Assert.Equal(course.LearningRate(21, validations), course.LearningRate(21, validations.Take(4)));
    }

    [Fact]
    public void IsOver_OnceNoValidationWasBetterForLong_AndNotBefore()
    {
        var course = NewCourse(Training);
        var validations = Losses(3, 2, 2.5, double.NaN, 2, 2.1);
        Assert.False(course.IsOver(25, validations));
        Assert.False(course.IsOver(29, validations));
        Assert.True(course.IsOver(30, validations));
        Assert.Equal("stopped early after step 30: no better validation than 2 in 4 in a row", course.Ending(30, validations));
        Assert.Equal("all 100 steps are done", course.Ending(100, []));
        Assert.False(NewCourse(Training with { EarlyStopping = new() }).IsOver(30, validations));
    }

    /// <summary>
    /// The end of a run is validated whatever step it is; a run that is prolonged must not differ from one that was long from the start.
    /// </summary>
    [Fact]
    public void Validations_MadeBecauseTheRunEnded_AreLeftOut()
    {
        var course = NewCourse(Training);
        var regular = Losses(3, 2, 2, 2);
        ValidationLoss[] prolonged = [.. regular, new(12, 0.001), new(18, 9)];
        for (var step = 1; step < 25; step++)
            Assert.Equal(course.LearningRate(step, regular), course.LearningRate(step, prolonged));
        Assert.Equal(course.Describe(20, regular).ToJsonString(), course.Describe(20, prolonged).ToJsonString());
    }

    [Fact]
    public void Metric_Bleu_HigherIsBetter_AndTheThresholdIsAShareOfIt()
    {
        var course = NewCourse(Training with
        {
            ValidationMetric = ValidationMetric.Bleu,
            EarlyStopping = new() { Patience = 2, Threshold = 0.1 },
        });
        ValidationLoss[] Of(params double[] bleu) =>
            [.. bleu.Select((score, index) => new ValidationLoss(5 * (index + 1), 3 + index, score))];
        Assert.False(course.IsOver(20, Of(10, 12, 12.5, 14)));
        Assert.True(course.IsOver(20, Of(10, 12, 12.5, 13)));
        Assert.Equal("stopped early after step 20: no better validation than 12 BLEU in 2 in a row",
            course.Ending(20, Of(10, 12, 12.5, 13)));
        Assert.Equal(0.8, course.LearningRate(21, Of(1, 2, 3, 4))); // though the loss rises
        Assert.Equal(0.4, course.LearningRate(21, Of(1, 4, 3, 4)));
        Assert.Equal(0.4, course.LearningRate(16, Of(2, double.NaN, 1)));
    }

    [Fact]
    public void Metric_Perplexity_ThresholdIsAShareOfThePerplexity()
    {
        // From a loss of 3 to 2.9 the loss falls by 3.3 %, the perplexity by 9.5 %.
        foreach (var (metric, falls) in new[] { (ValidationMetric.Loss, 1), (ValidationMetric.Perplexity, 0) })
        {
            var course = NewCourse(Training with
            {
                ValidationMetric = metric,
                Schedule = Training.Schedule with { Patience = 1, Threshold = 0.05 },
            });
            Assert.Equal(falls, course.Describe(10, Losses(3, 2.9))["plateau_falls"]!.GetValue<int>());
        }
    }

    [Fact]
    public void Describe_SaysWhatFollowsFromTheValidations() => Assert.Equal(
        """{"next_learning_rate":0.4,"plateau_falls":1,"validations_without_improvement":2,"stopped_early":false}""",
        NewCourse(Training).Describe(20, Losses(3, 2, 2, 2)).ToJsonString());

    [Fact]
    public void Steps_OfValidationsAndCheckpoints_FollowTheirSpans()
    {
        int[] Steps(Func<long, bool> holds) => [.. Enumerable.Range(1, 30).Where(step => holds(step))];
        Assert.Equal([5, 10, 15, 20, 25, 30], Steps(NewCourse(Training).IsValidationStep));
        Assert.Equal([10, 20, 30], Steps(NewCourse(Training with { ValidateEvery = 0 }).IsValidationStep));
        Assert.Equal([7, 10, 14, 20, 21, 28, 30], Steps(NewCourse(Training).IsCheckpointStep)); // every 7, and at the ends of epochs
        Assert.Equal([10, 20, 30], Steps(new TrainingCourse(Training, 0, NewSchedule()).IsCheckpointStep));
    }

    private static ValidationLoss[] Losses(params double[] losses) =>
        [.. losses.Select((loss, index) => new ValidationLoss(5 * (index + 1), loss))];

    private static TrainingCourse NewCourse(TrainingConfiguration training) => new(training, 7, NewSchedule());

    private static StepSchedule NewSchedule() => new(_ => 10, 0, 100);
}
