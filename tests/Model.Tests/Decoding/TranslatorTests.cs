using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Decoding;
using TorchSharp;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Decoding;

[Collection(ToyCollection.Name)]
public sealed class TranslatorTests(TrainedToyRun toy)
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Translate_TrainedModel_TranslatesInTheOrderGiven(int beam)
    {
        var lines = Lines(50);
        var translations = new Translator(toy.Model, new DecodingOptions { Beam = beam, BatchSize = 7 }).Translate(lines);
        // The little model errs now and then, on repeated words mostly; out of order, hardly a line would be right.
        Assert.InRange(lines.Zip(translations).Count(pair => pair.Second.Text == ToyRun.Translate(pair.First)), 43, 50);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Translate_AnyBatchSizeAndCompany_GivesTheSame(int beam)
    {
        var lines = Lines(40);
        var options = new DecodingOptions { Beam = beam, BestCount = beam, BatchSize = 1 };
        var expected = lines.Select(line => new Translator(toy.Model, options).Translate([line])[0]).ToArray();
        foreach (var batchSize in new[] { 1, 3, 32 })
        {
            var together = new Translator(toy.Model, options with { BatchSize = batchSize }).Translate(lines);
            for (var i = 0; i < lines.Length; i++)
            {
                Assert.Equal(expected[i].Hypotheses.Select(h => h.Text), together[i].Hypotheses.Select(h => h.Text));
                Assert.All(expected[i].Hypotheses.Zip(together[i].Hypotheses), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-4));
            }
        }
    }

    [Fact]
    public void Translate_LinesWithoutTokens_GiveEmptyOnes()
    {
        var translations = new Translator(toy.Model).Translate(["", "a1 a2", " \t\u2028 ", "a3"]);
        Assert.Equal(["", "b1 b2", "", "b3"], translations.Select(t => t.Text));
        Assert.Equal(0, Assert.Single(translations[0].Hypotheses).LogProbability);
        Assert.Empty(new Translator(toy.Model).Translate([]));
    }

    [Fact]
    public void Translate_StrangeLines_GiveOneLineEach()
    {
        string[] lines =
        [
            Strange.LongLine, "a1", "xyzzy plugh xyzzy", "\U0001D4D0\U0001F600 \U00020000\U00020001\U0010FFFF",
            "\u0645\u0631\u062D\u0628\u0627 \u05E9\u05DC\u05D5\u05DD \u202Ea1\u202C", "a1\u0000a2\u0007\u001B[2J", "\uFEFF", "<pad> </s> <s>",
        ];
        var translations = new Translator(toy.Model, new DecodingOptions { Beam = 2, MaxLengthRatio = 0.2 }).Translate(lines);
        Assert.Equal(lines.Length, translations.Count);
        Assert.Equal("b1", translations[1].Text);
        Assert.All(translations, t => Assert.DoesNotContain(t.Text, c => c is '\n' or '\r'));
        Assert.InRange(translations[0].Hypotheses[0].Tokens.Count, 0, 1010);
    }

    [Fact]
    public void Translate_LongLine_EndsAtTheLongestTranslationAllowed()
    {
        var options = new DecodingOptions { Beam = 2, MaxLengthRatio = 0.2, MinLength = 1_000_000 };
        Assert.Equal(1010, new Translator(toy.Model, options).Translate([Strange.LongLine])[0].Hypotheses[0].Tokens.Count);
    }

    [Fact]
    public void Translate_TellsItsProgress_AndLeavesNoTensors()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var told = new Told();
        new Translator(toy.Model, new DecodingOptions { BatchSize = 8 }).Translate(["", .. Lines(20)], told);
        Assert.Equal([8, 16, 20, 21], told);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Translate_Cancelled_Stops()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => new Translator(toy.Model).Translate(["a1"], cancellation: cancelled.Token));
    }

    public static TheoryData<DecodingOptions, string> WrongOptions { get; } = new()
    {
        { new DecodingOptions { Beam = 0 }, "the beam is 0; it must be from 1 (greedy) to 1000" },
        { new DecodingOptions { Beam = 2, BestCount = 3 }, "the number of best translations is 3; it must be from 1 to the beam, 2" },
        { new DecodingOptions { LengthPenalty = double.NaN }, "the length penalty is NaN; it must be from 0 (none) to 10" },
        { new DecodingOptions { BatchSize = -1 }, "the batch size is -1; it must be from 1 to 10000 sentences" },
        { new DecodingOptions { MinLength = -1 }, "the minimum length is -1; it must be from 0 to 1000000 tokens" },
    };

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public void Create_WrongOption_SaysWhatWouldBeRight(DecodingOptions options, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => new Translator(toy.Model, options)).Message);

    private static string[] Lines(int count)
    {
        var random = new DeterministicRandom(77);
        return [.. Enumerable.Range(0, count).Select(_ => ToyRun.Sentence(random, 1 + random.Below(7)))];
    }

    private static class Strange
    {
        public static string LongLine { get; } = ToyRun.Sentence(new DeterministicRandom(5), 5000);
    }

    private sealed class Told : List<int>, IProgress<int>
    {
        public void Report(int value) => Add(value);
    }
}
