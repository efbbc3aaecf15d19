using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

/// <summary>The verb <c>inspect</c> on a real run, and on one that somebody has tampered with.</summary>
public sealed class InspectTests : IDisposable
{
    private readonly TinyRun _run = new();

    [Fact]
    public async Task Inspect_WholeRun_AllIntactAndProved()
    {
        await TrainAsync();

        var (output, _) = (await ProgramRunner.RunAsync("inspect", "--run", _run.RunFolder, "--ledger", "--verify"))
            .Expect(ExitCodes.Success);

        Assert.Contains("20 steps committed, 0 redone", output, StringComparison.Ordinal);
        Assert.Contains("400 in every finished epoch: 0 missing, 0 twice", output, StringComparison.Ordinal);
        var last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.Contains("intact", last, StringComparison.Ordinal);
        Assert.Contains(_run.Newest().ReplicaDigest[..16], last, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing", "1 missing, 0 twice")]
    [InlineData("twice", "0 missing, 1 twice")]
    [InlineData("stale", "1 committed out of turn")]
    public async Task InspectLedger_Tampered_CountsItAndFails(string how, string expected)
    {
        await TrainAsync();
        var path = Path.Combine(_run.RunFolder, "steps.jsonl");
        var lines = File.ReadAllLines(path).ToList();
        switch (how)
        {
            case "missing": lines.RemoveAt(3); break;
            case "twice": lines.Insert(3, lines[2]); break;
            case "stale": lines.Insert(3, lines[2].Replace("\"generation\":", "\"generation\":-", StringComparison.Ordinal)); break;
        }

        File.WriteAllLines(path, lines);

        var (output, _) = (await ProgramRunner.RunAsync("inspect", "--run", _run.RunFolder, "--ledger")).Expect(ExitCodes.Failure);

        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InspectVerify_FlippedBit_NamesTheCheckpointAndFails()
    {
        await TrainAsync();
        // Any but the newest; which steps have one depends on how quickly the disk took the one before.
        var damaged = new CheckpointStore(_run.RunFolder).List()[^2];
        var file = Path.Combine(damaged.Path, "optimizer.safetensors");
        var bytes = File.ReadAllBytes(file);
        bytes[^5] ^= 1;
        File.WriteAllBytes(file, bytes);

        var quick = await ProgramRunner.RunAsync("inspect", "--run", _run.RunFolder);
        var thorough = await ProgramRunner.RunAsync("inspect", "--run", _run.RunFolder, "--verify");

        quick.Expect(ExitCodes.Success); // sizes agree: the bit is found by reading
        thorough.Expect(ExitCodes.Failure);
        Assert.Contains("optimizer.safetensors", thorough.Output.Split('\n')
            .Single(l => l.TrimStart().StartsWith($"{damaged.Step} ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_FolderWithoutRun_OneLineAndExitCode2()
    {
        var (_, error) = (await ProgramRunner.RunAsync("inspect", "--run", _run.Folder)).Expect(ExitCodes.BadInput);

        Assert.Contains(_run.Folder, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    public void Dispose() => _run.Dispose();

    private async Task TrainAsync() =>
        (await ProgramRunner.RunAsync("train", _run.ConfigurationPath, "--workers", "1")).Expect(ExitCodes.Success, _run.RunFolder);
}
