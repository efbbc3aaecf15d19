using DistSeq2Seq.Worker.Training;
using Xunit;

namespace DistSeq2Seq.Worker.Tests;

public class RepeatedFailuresTests
{
    [Fact]
    public void Add_TheSameWork_PausesTwiceAsLongEachTimeAndGivesUpInTheEnd()
    {
        var failures = new RepeatedFailures();
        Assert.Equal(TimeSpan.Zero, failures.Pause);
        var before = TimeSpan.Zero;
        for (var i = 1; i < RepeatedFailures.Most; i++)
        {
            Assert.False(failures.Add("step 40"));
            Assert.True(failures.Pause > before, $"{failures.Pause} after {before}");
            before = failures.Pause;
        }

        Assert.True(failures.Add("step 40"));
    }

    [Fact]
    public void Add_OtherWorkOrAfterAStep_CountsFromOne()
    {
        var failures = new RepeatedFailures();
        for (var i = 0; i < 3 * RepeatedFailures.Most; i++)
            Assert.False(failures.Add($"step {i}"));
        failures.Clear();
        Assert.False(failures.Add($"step {(3 * RepeatedFailures.Most) - 1}"));
        Assert.Equal(1, failures.Count);
    }
}
