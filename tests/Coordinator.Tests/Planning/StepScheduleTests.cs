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
