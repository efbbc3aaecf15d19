using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>
/// The verbs <c>pause</c>, <c>checkpoint</c>, <c>resume</c> and <c>stop</c> on a run under way: it ends as if nobody had asked for
/// anything.
/// </summary>
public sealed class ControlTests(QuietRun quiet) : IClassFixture<QuietRun>
{
    [Fact]
    public async Task PauseCheckpointResumeStop_OfARunUnderWay_DoWhatTheySay()
    {
        using var run = new ChaosRun(quiet, min: 2, max: 2, "checkpoints.every=100000");
        run.StartWorkers(2);
        await run.UntilFurtherStepsAsync(10);

        await AskAsync(run, "pause", "pauses once the steps that are planned are taken");
        await run.UntilStatusAsync(s => s.GetProperty("state").GetString() == "paused", "it rests");
        var resting = run.Steps;
        await AskAsync(run, "checkpoint", $"step {resting}: the checkpoint of step {resting} is written");
        Assert.Equal(resting, run.Newest().Step);
        Assert.Equal(resting, run.Steps);

        await AskAsync(run, "resume", $"step {resting}: goes on behind step {resting}");
        await run.UntilStepAsync(resting + 5);
        await AskAsync(run, "checkpoint", "is written");
        Assert.True(run.Newest().Step > resting, run.Describe());

        await AskAsync(run, "stop", "writes a checkpoint and ends");
        await run.AssertEndedAsync(run.Coordinator, ExitCodes.Terminated);
        Assert.Equal(run.Steps, await run.AssertAsQuietAsync(run.Folder));
    }

    [Fact]
    public async Task Checkpoint_WithoutACoordinator_SaysSo()
    {
        var (_, error) = (await ProgramRunner.RunAsync("checkpoint", "--address", $"127.0.0.1:{FreePorts.Take(1)[0]}"))
            .Expect(ExitCodes.Failure);
        Assert.Contains("no coordinator answers", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);

        (_, error) = (await ProgramRunner.RunAsync("pause", "--run", Path.Combine(quiet.Run.Folder, "none"))).Expect(ExitCodes.BadInput);
        Assert.Contains("coordinator.json cannot be read", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
    }

    private static async Task AskAsync(ChaosRun run, string verb, string answer)
    {
        run.Note($"the coordinator is asked to {verb}");
        var (output, _) = (await ProgramRunner.RunAsync(verb, "--run", run.Folder)).Expect(ExitCodes.Success, () => run.Describe());
        Assert.Contains(answer, output, StringComparison.Ordinal);
    }
}
