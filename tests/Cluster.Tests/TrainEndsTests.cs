using DistSeq2Seq.Cluster.Tests.Chaos;
using DistSeq2Seq.Cluster.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

public class TrainEndsTests
{
    [Fact]
    public async Task Train_ToItsEnd_SaysItsValidationsAndHowItEnded()
    {
        using var run = new TinyRun();
        // A pace at which every poll of the status sees something new.
        var (code, output, error) = await ProgramRunner.RunAsync(
            ProgramPlace.Here.With(RunVariant.FaultVariable, "pace=100"), "train", run.ConfigurationPath, "--workers", "1");
        Assert.True(code == 0, $"exit code {code}\n{output}\n{error}\n{run.Logs()}");
        Assert.Contains("step 10: validation loss ", output, StringComparison.Ordinal);
        Assert.Contains("Finished: all 20 steps are done.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_WithoutAnyWorkerThatCanBeStarted_EndsWithTheReason()
    {
        using var run = new TinyRun();
        // Workers cannot read this, end with exit code 2, and are not started again; the coordinator does not look at it.
        using var training = ProgramRunner.Start(
            ProgramPlace.Here.With(RunVariant.FaultVariable, "nonsense"), "train", run.ConfigurationPath, "--workers", "2");
        var code = await training.WaitAsync();
        var (output, error) = (training.Output, training.Error);
        Assert.True(code == 1, $"exit code {code}\n{output}\n{error}");
        Assert.Contains("of at least 2 workers (cluster.workers.min) are left", output + error, StringComparison.Ordinal);
        Assert.True((output + error).Contains("nonsense", StringComparison.Ordinal), $"{output}\n{error}\n{run.Logs()}");
    }

    [Fact]
    public async Task Train_ToldToStopWhileItStarts_EndsWith143()
    {
        using var run = new TinyRun();
        using var training = ProgramRunner.Start("train", run.ConfigurationPath, "--workers", "2");
        await Patience.UntilAsync(() => training.Output.Contains("on this machine", StringComparison.Ordinal),
            () => $"it says what it starts\n{training.Output}{training.Error}");

        training.Send(Signals.Terminate); // wherever it is now: nothing to save is no failure

        var code = await training.WaitAsync();
        Assert.True(code == 143, $"exit code {code}\n{training.Output}\n{training.Error}\n{run.Logs()}");
    }
}
