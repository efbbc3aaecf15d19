using DistSeq2Seq.Cli.Inspect;
using DistSeq2Seq.Model.Tests.Decoding;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Inspect;

public sealed class InspectCheckpointTests : IDisposable
{
    private readonly ToyRun _run = new(steps: 0);

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Inspect_Checkpoint_DescribesItsStateTensorsAndFiles()
    {
        var path = _run.WriteCheckpoint(7, validationLoss: 2);
        foreach (var arguments in new[] { (string[])["--checkpoint", path], ["--run", _run.Path, "--checkpoint", "step-000000007"] })
        {
            var (code, output, error) = await Verb.RunAsync(InspectCommand.Create(), arguments);
            Assert.Equal((0, ""), (code, error));
            var lines = output.Split('\n');
            Assert.Contains(lines, line => line.StartsWith("step        7 of run toy (next: epoch 1, batch 1), seed 3",
                StringComparison.Ordinal));
            Assert.Contains("validation  2.0000 at this step, not measured at best", lines);
            Assert.Contains(lines, line => line.StartsWith("tensor      decoder.output.weight ", StringComparison.Ordinal)
                && line.EndsWith("512 in [16, 32]", StringComparison.Ordinal));
            Assert.Contains(lines, line => line.StartsWith("file        model.safetensors ", StringComparison.Ordinal));
            Assert.Contains(FormattableString.Invariant($"parameters  {_run.Parameters.Length:N0} in "), output);
        }
    }

    [Fact]
    public async Task Inspect_DamagedOrAbsentCheckpoint_IsNamed()
    {
        var path = _run.WriteCheckpoint(7);
        File.AppendAllText(Path.Combine(path, "source.vocab"), "x");
        var (code, output, _) = await Verb.RunAsync(InspectCommand.Create(), "--checkpoint", path);
        Assert.Equal(1, code);
        Assert.Contains("damaged: ", output);
        Assert.Contains("source.vocab", output);
        Assert.Contains("there is no such folder", (await Verb.RunAsync(InspectCommand.Create(), "--checkpoint", path + "0"))
            .BadInputLine());
        Assert.Contains("neither --run nor --checkpoint is given", (await Verb.RunAsync(InspectCommand.Create())).BadInputLine());
    }
}
