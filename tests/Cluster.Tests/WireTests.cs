using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

/// <summary>
/// The bf16 wire in real processes: replicas stay equal among each other, the model learns as with fp32, and a resume is exact.
/// </summary>
public sealed class WireTests
{
    private const int Steps = 60;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Train_WithBf16_LearnsAsWithFp32AndResumesExactly(int workers)
    {
        using var run = new TinyRun();
        string[] Command(string wire, string folder, int steps) =>
            ["train", run.ConfigurationPath, "--workers", $"{workers}", "--set", $"cluster.wire={wire}", "--set",
                $"training.max_steps={steps}", "--run", Path.Combine(run.Folder, folder)];

        var exact = await TrainAsync(run, Command("fp32", "exact", Steps));
        var rounded = await TrainAsync(run, Command("bf16", "rounded", Steps));

        // Every worker's digest is compared at each checkpoint: one that differed would have ended the run.
        Assert.NotEqual(exact.ReplicaDigest, rounded.ReplicaDigest);
        var (first, last, reference) = (rounded.ValidationHistory[0].Loss, rounded.ValidationHistory[^1].Loss,
            exact.ValidationHistory[^1].Loss);
        Assert.True(last < first, $"validation loss {first} became {last}");
        Assert.InRange(last, reference - (0.02 * reference), reference + (0.02 * reference));

        await TrainAsync(run, Command("bf16", "resumed", Steps / 2));
        Assert.Equal(rounded.ReplicaDigest, (await TrainAsync(run, Command("bf16", "resumed", Steps))).ReplicaDigest);

        var log = run.Logs(Path.Combine(run.Folder, "rounded"));
        Assert.Equal(1, log.Split("cluster.wire is bf16").Length - 1);
        Assert.DoesNotContain("cluster.wire is bf16", run.Logs(Path.Combine(run.Folder, "exact")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_ResumedWithAnotherWire_IsRefused()
    {
        using var run = new TinyRun();
        string[] command = ["train", run.ConfigurationPath, "--workers", "1", "--set", "training.max_steps=5"];
        (await ProgramRunner.RunAsync(command)).Expect(ExitCodes.Success, run.RunFolder);

        var (_, error) = (await ProgramRunner.RunAsync([.. command, "--set", "cluster.wire=bf16"])).Expect(ExitCodes.BadInput);

        Assert.Contains("cluster.wire", error, StringComparison.Ordinal);
    }

    private static async Task<Model.Checkpoints.CheckpointState> TrainAsync(TinyRun run, string[] command)
    {
        var folder = command[^1];
        (await ProgramRunner.RunAsync(command)).Expect(ExitCodes.Success, folder);
        return run.Newest(folder);
    }
}
