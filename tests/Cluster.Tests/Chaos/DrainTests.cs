using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>SIGTERM to a whole run: saved first, and the same command goes on.</summary>
public sealed class DrainTests(QuietRun quiet) : IClassFixture<QuietRun>
{
    [Fact]
    public async Task Terminate_Train_SavesItsLastStepFirstAndTheSameCommandGoesOn()
    {
        const int steps = 4 * QuietRun.ValidateEvery;
        var folder = Path.Combine(quiet.Run.Folder, "drained");
        string[] command =
        [
            "train", quiet.Run.ConfigurationPath, "--workers", "3", "--run", folder, .. QuietRun.SettingsFor(steps), "--set",
            "checkpoints.every=100000",
        ];
        var seed = ChaosSeed.Draw();
        var stopAt = new Random(seed).Next(5, 30);
        var story = new RunStory(() => quiet.Run.LedgerSteps(folder), seed) { RunFolder = folder };
        // At this pace most of the steps are still to come when it stops.
        using (var first = ProgramRunner.Start(ProgramPlace.Here.With(RunVariant.FaultVariable, "pace=20"), command))
        {
            story.Follow($"train (process {first.Id})", first);
            await Patience.UntilAsync(() => quiet.Run.LedgerSteps(folder) >= stopAt, () => $"step {stopAt}\n{story.Tell(first)}");
            first.Send(Signals.Terminate);
            await story.AssertEndedAsync(first, ExitCodes.Terminated);
        }

        var saved = quiet.Run.Newest(folder).Step;
        Assert.Equal(quiet.Run.LedgerSteps(folder), saved);
        Assert.True(saved >= stopAt && saved < steps, $"asked to stop at step {stopAt}, saved is step {saved}\n{story.Tell()}");

        (await ProgramRunner.RunAsync(command)).Expect(ExitCodes.Success, () => story.Tell());
        var (expected, end) = (await quiet.AtAsync(steps, RunVariant.Plain), quiet.Run.Newest(folder));
        Assert.Equal(expected.ReplicaDigest, end.ReplicaDigest);
        Assert.Equal(expected.ValidationHistory, end.ValidationHistory);
    }

    [Fact]
    public async Task Terminate_CoordinatorWhileItWaitsForWorkers_SavesWhatTheyHold()
    {
        using var run = new ChaosRun(quiet, min: 2, max: 2, "checkpoints.every=100000");
        run.StartWorkers(2);
        await run.UntilStepAsync(run.Random.Next(5, 30));
        run.Workers[1].Kill();
        await run.UntilStatusAsync(s => s.GetProperty("state").GetString() == "waiting", "it waits");
        var committed = run.Steps;

        run.Coordinator.Send(Signals.Terminate);

        await run.AssertEndedAsync(run.Coordinator, ExitCodes.Terminated);
        Assert.True(new CheckpointStore(run.Folder).NewestValid()?.Step >= committed, run.Describe());
    }
}
