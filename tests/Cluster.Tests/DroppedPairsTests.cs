using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

/// <summary>Whoever prepares a corpus is told which pairs the filters left out.</summary>
public sealed class DroppedPairsTests : IDisposable
{
    private static readonly string[] Lines =
    [
        "  train: dropped 229 of 401 pairs: 1 with an empty side, 228 with too long a source, 0 with too long a target, 0 with sides too "
        + "different in length\n",
        "  valid: dropped 22 of 40 pairs: 0 with an empty side, 22 with too long a source, 0 with too long a target, 0 with sides too "
        + "different in length\n",
    ];

    private readonly TinyRun _run = new();

    public DroppedPairsTests() => File.AppendAllText(Path.Combine(_run.Folder, "train.tsv"), " \ta\n");

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("prepare")]
    [InlineData("train", "--workers", "1", "--set", "training.max_steps=1")]
    public async Task Prepare_PairsThatTheFiltersDrop_ArePrinted(string verb, params string[] further)
    {
        var (output, _) = (await ProgramRunner.RunAsync([verb, _run.ConfigurationPath, "--set", "data.max_source_length=5", .. further]))
            .Expect(ExitCodes.Success, _run.RunFolder);
        Assert.Contains(string.Concat(Lines), output, StringComparison.Ordinal);
    }
}
