using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Planning;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests.Planning;

public class StepScheduleTests
{
    [Fact]
    public void Locate_EveryStep_WalksThroughTheEpochs()
    {
        var schedule = new StepSchedule(epoch => epoch + 2, 0, 100);
        Assert.Equal(
            [new(0, 0, false), new(0, 1, true), new(1, 0, false), new(1, 1, false), new(1, 2, true), new(2, 0, false)],
            Enumerable.Range(1, 6).Select(s => schedule.Locate(s)));
    }

    [Fact]
    public void Locate_FarStepFirst_IsTheSameAsInOrder()
    {
        var far = new StepSchedule(epoch => 3 + (epoch % 4), 0, 1000);
        var place = far.Locate(500);
        var inOrder = new StepSchedule(epoch => 3 + (epoch % 4), 0, 1000);
        Assert.Equal(Enumerable.Range(1, 500).Select(s => inOrder.Locate(s)).Last(), place);
    }

    [Fact]
    public void Locate_BeforeTheFirstStep_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new StepSchedule(_ => 1, 1, 0).Locate(0));

    [Fact]
    public void Progress_InEveryUnit_CountsWhatTheStepsConsumed()
    {
        // Epochs of 2, 3, 4, … batches, of which batch b has 10 (b + 1) tokens.
        StepSchedule New() => new(epoch => epoch + 2, 0, 100, epoch => [.. Enumerable.Range(1, epoch + 2).Select(batch => 10L * batch)]);
        var schedule = New();
        Assert.Equal([0, 10, 30, 40, 60, 90, 100], Enumerable.Range(0, 7).Select(step => schedule.Progress(step, SpanUnit.Tokens)));
        Assert.Equal([0, 0.5, 1, 1 + (1 / 3.0), 1 + (2 / 3.0), 2, 2.25], Enumerable.Range(0, 7)
            .Select(step => schedule.Progress(step, SpanUnit.Epochs)));
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(step => schedule.Progress(step, SpanUnit.Updates)));

        // In any order, also back into epochs that are no longer kept.
        var expected = Enumerable.Range(0, 60).Select(step => schedule.Progress(step, SpanUnit.Tokens)).ToArray();
        var backwards = New();
        Assert.Equal(expected.Reverse(), Enumerable.Range(0, 60).Reverse().Select(step => backwards.Progress(step, SpanUnit.Tokens)));
        Assert.Equal(expected, Enumerable.Range(0, 60).Select(step => backwards.Progress(step, SpanUnit.Tokens)));
    }

    [Theory]
    [InlineData(7, SpanUnit.Updates, new[] { 7, 14, 21, 28 })]
    [InlineData(1, SpanUnit.Epochs, new[] { 10, 20, 30 })]
    [InlineData(0.5, SpanUnit.Epochs, new[] { 5, 10, 15, 20, 25, 30 })]
    [InlineData(100, SpanUnit.Tokens, new[] { 4, 7, 10, 14, 17, 20, 24, 27, 30 })] // 30 tokens a step
    public void Completes_OverThreeEpochsOfTenSteps_HoldsWhereASpanEnds(double amount, SpanUnit unit, int[] steps)
    {
        var schedule = new StepSchedule(_ => 10, 0, 100, _ => [.. Enumerable.Repeat(30L, 10)]);
        Assert.Equal(steps, Enumerable.Range(1, 30).Where(step => schedule.Completes(step, new(amount, unit))));
    }

    [Theory]
    [InlineData("25", 25)]
    [InlineData("2.5e", 25)]
    [InlineData("750t", 25)]
    [InlineData("740t", 25)]
    public void IsOver_AtALengthInAnyUnit_AndNotBefore(string length, long last)
    {
        Assert.True(TrainingSpan.TryParse(length, out var span));
        var schedule = new StepSchedule(_ => 10, 0, span, _ => [.. Enumerable.Repeat(30L, 10)]);
        Assert.Equal(last, schedule.TotalSteps());
        Assert.False(schedule.IsOver(last - 1));
        Assert.True(schedule.IsOver(last));
    }

    [Theory]
    [InlineData(2, 0, 20)] // epochs alone
    [InlineData(0, 7, 7)] // steps alone
    [InlineData(2, 7, 7)] // whichever comes first
    [InlineData(2, 70, 20)]
    public void IsOver_AtTheLimitThatComesFirst_AndNotBefore(int epochs, long steps, long last)
    {
        var schedule = new StepSchedule(_ => 10, epochs, steps);
        Assert.False(schedule.IsOver(last - 1));
        Assert.True(schedule.IsOver(last));
        Assert.True(schedule.IsOver(last + 1));
        Assert.Equal(last, schedule.TotalSteps());
    }
}
