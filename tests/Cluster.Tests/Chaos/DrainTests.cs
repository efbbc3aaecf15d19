using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
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
        // At this pace most of the steps are still to come when it stops.
        using (var first = ProgramRunner.Start(ProgramPlace.Here.With(RunVariant.FaultVariable, "pace=20"), command))
        {
            await Patience.UntilAsync(() => quiet.Run.LedgerSteps(folder) >= stopAt,
                () => $"{ChaosSeed.Describe(seed)}: step {stopAt}\n{first.Output}{first.Error}{quiet.Run.Logs(folder)}");
            first.Send(Signals.Terminate);
            Assert.Equal(143, await first.WaitAsync());
        }

        var saved = quiet.Run.Newest(folder).Step;
        Assert.Equal(quiet.Run.LedgerSteps(folder), saved);
        Assert.True(saved >= stopAt && saved < steps, $"asked to stop at step {stopAt}, saved is step {saved}");

        var (code, output, error) = await ProgramRunner.RunAsync(command);
        Assert.True(code == 0, $"exit code {code}\n{output}\n{error}\n{quiet.Run.Logs(folder)}");
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

        Assert.Equal(143, await run.Coordinator.WaitAsync());
        Assert.True(new CheckpointStore(run.Folder).NewestValid()?.Step >= committed, run.Describe());
    }
}
