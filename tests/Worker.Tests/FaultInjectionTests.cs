using System.Diagnostics;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Worker.Training;
using Xunit;

namespace DistSeq2Seq.Worker.Tests;

public class FaultInjectionTests
{
    [Fact]
    public void Parse_NothingAskedFor_NothingHappens()
    {
        var faults = FaultInjection.Parse("");
        float[] values = [1, 2];
        faults.Begin(40);
        faults.Computed(40, 0, 0, values);
        faults.Applied(40, values);
        Assert.Equal([1, 2], values);
    }

    [Fact]
    public void Parse_SeveralFaults_EachStrikesAtItsStepsAndAsOftenAsAsked()
    {
        var faults = FaultInjection.Parse("exception@step=40; nan@step=30-31,micro_batch=2,times=0; corrupt-replica@step=60");
        faults.Begin(39);
        Assert.Throws<InvalidOperationException>(() => faults.Begin(40));
        faults.Begin(40); // once in a process

        foreach (var (step, micro, strikes) in new[]
        {
            (29, 2, false),
            (30, 1, false),
            (30, 2, true),
            (30, 2, true),
            (31, 2, true),
            (32, 2, false),
        })
        {
            float[] gradient = [1, 1];
            faults.Computed(step, micro, 0, gradient);
            Assert.Equal(strikes, float.IsNaN(gradient[0]));
        }

        float[] parameters = [1, 1];
        faults.Applied(60, parameters);
        Assert.NotEqual(1, parameters[0]);
        Assert.Equal(1, parameters[1]);
    }

    [Fact]
    public void Parse_Pace_AMicroBatchTakesAtLeastThat()
    {
        var began = Stopwatch.GetTimestamp();
        FaultInjection.Parse("pace=50").Computed(1, 0, began, []);
        // A timer may be early by what its clock cannot tell apart.
        Assert.True(Stopwatch.GetElapsedTime(began) > TimeSpan.FromMilliseconds(49), $"{Stopwatch.GetElapsedTime(began)}");
    }

    [Theory]
    [InlineData("explode@step=1")]
    [InlineData("nan")]
    [InlineData("nan@step=x")]
    [InlineData("slow=fast")]
    [InlineData("pace=-1")]
    public void Parse_Unreadable_NamesItAndWhatWouldBeRight(string text)
    {
        var error = Assert.Throws<ConfigurationException>(() => FaultInjection.Parse(text));
        Assert.Contains($"`{text}`", error.Message, StringComparison.Ordinal);
        Assert.Contains("corrupt-replica", error.Message, StringComparison.Ordinal);
    }
}
