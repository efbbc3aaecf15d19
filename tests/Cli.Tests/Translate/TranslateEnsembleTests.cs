using System.Globalization;
using System.Text;
using DistSeq2Seq.Cli.Translate;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Tests.Decoding;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Translate;

public sealed class TranslateEnsembleTests
{
    [Fact]
    public async Task Translate_TwoUnlikeCheckpoints_SpeakWithTheMeanOfTheirProbabilities()
    {
        using var run = new ToyRun(steps: 0);
        var first = run.WriteCheckpoint(1);
        var random = new DeterministicRandom(5);
        for (var i = 0; i < run.Parameters.Length; i++)
            run.Parameters[i] = (float)((random.Below(2001) / 1000.0) - 1);
        var second = run.WriteCheckpoint(2);

        var alone = (First: await EmptyProbabilityAsync(first), Second: await EmptyProbabilityAsync(second));
        var together = await EmptyProbabilityAsync(first, second);

        Assert.True(Math.Abs(alone.First - alone.Second) > 0.01, $"{alone} are too much alike to tell");
        Assert.Equal((alone.First + alone.Second) / 2, together, 1e-4);
    }

    /// <summary>The probability that a translation ends before its first word: of one step alone, so that its mean is known.</summary>
    private static async Task<double> EmptyProbabilityAsync(params string[] checkpoints)
    {
        var outcome = await Verb.RunAsync(
            TranslateCommand.Create(() => new MemoryStream(Encoding.UTF8.GetBytes("a1 a2 a3\n"))),
            [.. checkpoints.SelectMany(checkpoint => new[] { "--checkpoint", checkpoint }), "--beam", "50", "--n-best", "50",
                "--max-length", "1", "--length-penalty", "0"]);
        Assert.True(outcome.Code == 0, outcome.Error);
        var line = Assert.Single(outcome.Output.TrimEnd('\n').Split('\n'),
            line => line.StartsWith("0 |||  ||| ", StringComparison.Ordinal));
        return Math.Exp(double.Parse(line["0 |||  ||| ".Length..], CultureInfo.InvariantCulture));
    }
}
