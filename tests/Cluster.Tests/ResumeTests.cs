using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

/// <summary>Everything dies; the same command again goes on from the newest checkpoint, to the same bits.</summary>
public sealed class ResumeTests
{
    private const int Steps = 120;

    [Fact]
    public async Task Train_AllProcessesKilledAtARandomStep_SameCommandGoesOnToTheSameDigest()
    {
        using var run = new TinyRun();
        string[] command = ["train", run.ConfigurationPath, "--workers", "2", "--set", $"training.max_steps={Steps}"];
        var quietFolder = Path.Combine(run.Folder, "quiet");
        var seed = ChaosSeed.Draw();
        var killAt = new Random(seed).Next(8, 60);
        var story = new RunStory(() => run.LedgerSteps(), seed) { RunFolder = run.RunFolder };

        using (var first = ProgramRunner.Start(command))
        {
            story.Follow($"train (process {first.Id})", first);
            await Patience.UntilAsync(() => run.LedgerSteps() >= killAt && run.HasCheckpoint(),
                () => $"step {run.LedgerSteps()} of {killAt}\n{story.Tell(first)}");
            first.KillAll();
        }

        var saved = run.Newest();
        Assert.True(saved.Step >= 5, $"killed at step {killAt}, but the newest checkpoint is of step {saved.Step}\n{story.Tell()}");
        Assert.True(saved.Step < Steps, $"the run was over before it could be killed\n{story.Tell()}");

        (await ProgramRunner.RunAsync(command)).Expect(ExitCodes.Success, () => story.Tell());
        Assert.Contains($"go on from step {saved.Step}", run.Logs(), StringComparison.Ordinal);
        Assert.Equal(saved.RunId, run.Newest().RunId);
        Assert.Equal(Steps, run.Newest().Step);

        (await ProgramRunner.RunAsync([.. command, "--run", quietFolder])).Expect(ExitCodes.Success, quietFolder);
        Assert.Equal(run.Newest(quietFolder).ReplicaDigest, run.Newest().ReplicaDigest);
        Assert.Equal(run.Newest(quietFolder).ValidationHistory, run.Newest().ValidationHistory);
    }

    [Fact]
    public async Task Train_RunThatIsOver_SameCommandEndsAtOnceAndChangesNothing()
    {
        using var run = new TinyRun();
        string[] command = ["train", run.ConfigurationPath, "--workers", "1"];
        (await ProgramRunner.RunAsync(command)).Expect(ExitCodes.Success, run.RunFolder);
        var before = run.Newest();

        (await ProgramRunner.RunAsync(command)).Expect(ExitCodes.Success, run.RunFolder);

        Assert.Equal(before.WrittenAt, run.Newest().WrittenAt);
    }
}
