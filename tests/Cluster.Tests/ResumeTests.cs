using DistSeq2Seq.Cluster.Tests.Support;
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

        using (var first = ProgramRunner.Start(command))
        {
            await Patience.UntilAsync(() => run.LedgerSteps() >= killAt && run.HasCheckpoint(),
                () => $"{ChaosSeed.Describe(seed)}: step {run.LedgerSteps()} of {killAt}\n{first.Output}{first.Error}{run.Logs()}");
            first.KillAll();
        }

        var saved = run.Newest();
        Assert.True(saved.Step >= 5, $"killed at step {killAt}, but the newest checkpoint is of step {saved.Step}");
        Assert.True(saved.Step < Steps, "the run was over before it could be killed");

        var (code, output, error) = await ProgramRunner.RunAsync(command);
        Assert.True(code == 0, $"exit code {code}\n{output}\n{error}\n{run.Logs()}");
        Assert.Contains($"go on from step {saved.Step}", run.Logs(), StringComparison.Ordinal);
        Assert.Equal(saved.RunId, run.Newest().RunId);
        Assert.Equal(Steps, run.Newest().Step);

        var quiet = await ProgramRunner.RunAsync([.. command, "--run", quietFolder]);
        Assert.True(quiet.Code == 0, quiet.Error + run.Logs(quietFolder));
        Assert.Equal(run.Newest(quietFolder).ReplicaDigest, run.Newest().ReplicaDigest);
        Assert.Equal(run.Newest(quietFolder).ValidationHistory, run.Newest().ValidationHistory);
    }

    [Fact]
    public async Task Train_RunThatIsOver_SameCommandEndsAtOnceAndChangesNothing()
    {
        using var run = new TinyRun();
        string[] command = ["train", run.ConfigurationPath, "--workers", "1"];
        Assert.Equal(0, (await ProgramRunner.RunAsync(command)).Code);
        var before = run.Newest();

        var (code, output, error) = await ProgramRunner.RunAsync(command);

        Assert.True(code == 0, output + error + run.Logs());
        Assert.Equal(before.WrittenAt, run.Newest().WrittenAt);
    }
}
