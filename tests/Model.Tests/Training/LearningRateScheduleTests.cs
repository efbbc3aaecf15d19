using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Tests.Nn;
using DistSeq2Seq.Model.Training.Schedules;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Training;

public sealed class LearningRateScheduleTests
{
    private const int StepsPerEpoch = 10;

    public static TheoryData<string> Cases { get; } = [.. Fixtures.Schedules.Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rate_OfEveryStep_IsPyTorchs(string name)
    {
        var expected = Fixtures.Schedules.Cases.Single(c => c.Name == name);
        var schedule = Schedule([.. expected.Schedule.Select(pair => $"{pair.Key}={pair.Value}")]);
        double[] metrics = [.. expected.Metrics.Select(metric => metric ?? double.NaN)];
        for (var step = 1; step <= expected.Rates.Length; step++)
            Assert.Equal(expected.Rates[step - 1], schedule.Rate(step, metrics.Take((step - 1) / 3)), 1e-12);
    }

    [Theory] // epochs of 10 steps of 50 tokens each
    [InlineData(20, "name=halving", "start=2e", "every=1e")]
    [InlineData(20, "name=halving", "start=20", "every=1e")]
    [InlineData(20, "name=halving", "start=1Kt", "every=10u")]
    [InlineData(20, "name=halving", "start=2e", "every=500t")]
    [InlineData(10, "name=halving", "every=500t")]
    public void Halving_InAnyUnit_HalvesAfterTheStartAndThenEachTime(int first, params string[] settings)
    {
        var schedule = Schedule(settings);
        for (var step = 1; step <= 60; step++)
            Assert.Equal(0.3 / Math.Pow(2, step <= first ? 0 : 1 + ((step - 1 - first) / 10)), schedule.Rate(step, []), 1e-15);
    }

    [Fact]
    public void Luong_AfterFiveEpochs_HalvesEveryEpoch()
    {
        var schedule = Schedule("name=halving", "start=5e", "every=1e");
        double[] rates = [.. Enumerable.Range(0, 8).Select(epoch => schedule.Rate((epoch * StepsPerEpoch) + 1, []))];
        Assert.Equal([0.3, 0.3, 0.3, 0.3, 0.3, 0.15, 0.075, 0.0375], rates);
        Assert.All(Enumerable.Range(1, 50), step => Assert.Equal(0.3, schedule.Rate(step, [])));
    }

    [Theory]
    [InlineData("warmup=20")]
    [InlineData("warmup=2e")]
    [InlineData("warmup=1Kt")]
    public void Warmup_InAnyUnit_RisesLinearlyToTheFullRate(string warmup)
    {
        var schedule = Schedule("name=constant", warmup);
        for (var step = 1; step <= 30; step++)
            Assert.Equal(0.3 * Math.Min(1, step / 20.0), schedule.Rate(step, []), 1e-15);
    }

    [Fact]
    public void Exponential_AcrossUnits_FallsSmoothlyToTheMinimum()
    {
        var schedule = Schedule("name=exponential", "start=500t", "every=2e", "factor=0.1", "min_learning_rate=0.001");
        Assert.Equal(0.3, schedule.Rate(11, []), 1e-15);
        Assert.Equal(0.3 * Math.Sqrt(0.1), schedule.Rate(21, []), 1e-15);
        Assert.Equal(0.03, schedule.Rate(31, []), 1e-15);
        Assert.Equal(0.001, schedule.Rate(100, []), 1e-15);
    }

    [Theory]
    [InlineData(ScheduleKind.Constant)]
    [InlineData(ScheduleKind.InverseSquareRoot)]
    [InlineData(ScheduleKind.Exponential)]
    [InlineData(ScheduleKind.Halving)]
    [InlineData(ScheduleKind.Plateau)]
    public void Rate_OfAnySchedule_IsPureAndNeverOutsideItsBounds(ScheduleKind kind)
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            TrainingSpan Span(double most) => new[]
            {
                new TrainingSpan(1 + random.Next((int)most * 10), SpanUnit.Updates),
                new TrainingSpan(1 + random.Next((int)most * 500), SpanUnit.Tokens),
                new TrainingSpan(0.1 + (random.NextDouble() * most), SpanUnit.Epochs),
            }[random.Next(3)];
            var training = new TrainingConfiguration
            {
                Optimizer = new() { LearningRate = 0.3 },
                Schedule = new()
                {
                    Name = kind,
                    Warmup = Span(2),
                    Start = Span(4),
                    Every = Span(3),
                    Factor = 0.1 + (0.8 * random.NextDouble()),
                    MinLearningRate = 0.01,
                    Patience = 1 + random.Next(3),
                },
            };
            double[] metrics = [.. Enumerable.Range(0, 20).Select(_ => random.NextDouble())];
            var inOrder = new LearningRateSchedule(training, Progress);
            double[] rates = [.. Enumerable.Range(1, 100).Select(step => inOrder.Rate(step, metrics.Take(step / 5)))];
            var backwards = new LearningRateSchedule(training, Progress);
            Assert.Equal(rates.Reverse(), Enumerable.Range(1, 100).Reverse().Select(step => backwards.Rate(step, metrics.Take(step / 5))));
            Assert.All(rates, rate => Assert.InRange(rate, 0, 0.3));
            var warm = 1 + Enumerable.Range(1, 100)
                .First(step => Progress(step, training.Schedule.Warmup.Unit) >= training.Schedule.Warmup.Amount);
            Assert.All(rates.Skip(warm), rate => Assert.InRange(rate, 0.01, 0.3));
            Assert.All(rates.Skip(warm).Zip(rates.Skip(warm + 1)),
                pair => Assert.True(pair.Second <= pair.First, $"seed {seed}: {pair.First} rises to {pair.Second}"));
        }
    }

    [Fact]
    public void Trend_OfThresholdedValues_CountsOnlyWhatIsEnoughBetter()
    {
        var trend = new[] { 2.0, 1.99, 1.95, double.NaN, 1.0, 1.0 }.Aggregate(MetricTrend.Start, (t, value) => t.Then(value, 0.02));
        Assert.Equal(new MetricTrend(1.0, 1), trend);
    }

    private static LearningRateSchedule Schedule(params string[] settings) => new(ConfigurationReader.Parse(
        "data: {format: quickstart}\ntraining: {optimizer: {learning_rate: 0.3}}\n", "schedule",
        settings.Select(s => $"training.schedule.{s}")).Training, Progress);

    private static double Progress(long step, SpanUnit unit) => unit switch
    {
        SpanUnit.Epochs => (double)step / StepsPerEpoch,
        SpanUnit.Tokens => step * 50,
        _ => step,
    };
}
