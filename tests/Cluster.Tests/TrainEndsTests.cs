using DistSeq2Seq.Cluster.Tests.Chaos;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

public class TrainEndsTests
{
    [Fact]
    public async Task Train_ToItsEnd_SaysItsValidationsAndHowItEnded()
    {
        using var run = new TinyRun();
        // A pace at which every poll of the status sees something new.
        var (output, _) = (await ProgramRunner.RunAsync(
            ProgramPlace.Here.With(RunVariant.FaultVariable, "pace=100"), "train", run.ConfigurationPath, "--workers", "1"))
            .Expect(ExitCodes.Success, run.RunFolder);
        Assert.Contains("step 10: validation loss ", output, StringComparison.Ordinal);
        Assert.Contains("Finished: all 20 steps are done.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_WithoutAnyWorkerThatCanBeStarted_EndsWithTheReason()
    {
        using var run = new TinyRun();
        // Workers cannot read this, end with exit code 2, and are not started again; the coordinator does not look at it.
        var (output, error) = (await ProgramRunner.RunAsync(
            ProgramPlace.Here.With(RunVariant.FaultVariable, "nonsense"), "train", run.ConfigurationPath, "--workers", "2"))
            .Expect(ExitCodes.Failure, run.RunFolder);
        Assert.Contains("of at least 2 workers (cluster.workers.min) are left", output + error, StringComparison.Ordinal);
        Assert.True((output + error).Contains("nonsense", StringComparison.Ordinal), $"{output}\n{error}\n{run.Logs()}");
    }

    [Fact]
    public async Task Train_ToldToStopWhileItStarts_EndsWith143()
    {
        using var run = new TinyRun();
        using var training = ProgramRunner.Start("train", run.ConfigurationPath, "--workers", "2");
        var story = new RunStory(() => run.LedgerSteps()) { RunFolder = run.RunFolder };
        story.Follow($"train (process {training.Id})", training);
        await Patience.UntilAsync(() => training.Output.Contains("on this machine", StringComparison.Ordinal),
            () => $"it says what it starts\n{story.Tell(training)}");

        training.Send(Signals.Terminate); // wherever it is now: nothing to save is no failure

        await story.AssertEndedAsync(training, ExitCodes.Terminated);
    }
}
