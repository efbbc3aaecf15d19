using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
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
                Assert.All(expected[i].Hypotheses.Zip(together[i].Hypotheses),
                    pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-4));
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
            "\u0645\u0631\u062D\u0628\u0627 \u05E9\u05DC\u05D5\u05DD \u202Ea1\u202C", "a1\u0000a2\u0007\u001B[2J", "\uFEFF",
            "<pad> </s> <s>",
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

    [Fact]
    public void Translate_Prefixes_AreKeptAsGiven_UnknownWordsToo()
    {
        var translations = new Translator(toy.Model).Translate(["a1 a2", "a1 a2", "", "a3"], prefixes: ["b1", "xyzzy b5", "b7", ""]);
        Assert.Equal(["b1 b2", "b7", "b3"], translations.Where((_, i) => i != 1).Select(t => t.Text));
        Assert.StartsWith("xyzzy b5", translations[1].Text);
        Assert.Throws<ArgumentException>(() => new Translator(toy.Model).Translate(["a1", "a2"], prefixes: ["b1"]));
    }

    [Fact]
    // of the likeliest words; with a beam, nothing at all may be likelier than half a sentence
    public void Translate_MaximumLength_CutsOff() =>
        Assert.Equal(2, new Translator(toy.Model, new DecodingOptions { Beam = 1, MaxLength = 2 })
            .Translate(["a1 a2 a3 a4 a5"])[0].Hypotheses[0].Tokens.Count);

    [Fact]
    public void Translate_KeepAttention_LooksWhereItTranslates()
    {
        var attention = new Translator(toy.Model, new DecodingOptions { KeepAttention = true }).Translate(["a1 a2 a3", ""]);
        var matrix = attention[0].Hypotheses[0].Attention!;
        Assert.Equal(["a1", "a2", "a3", "</s>"], matrix.Source);
        Assert.Equal(["b1", "b2", "b3", "</s>"], matrix.Target);
        Assert.All(matrix.Weights, row => Assert.Equal(1, row.Sum(), 1e-4));
        Assert.Null(attention[1].Hypotheses[0].Attention);
        Assert.Null(new Translator(toy.Model).Translate(["a1"])[0].Hypotheses[0].Attention);
    }

    [Fact]
    public void ReplacedUnknownTokens_AreCopiedOrLookedUp()
    {
        using var folder = new Data.TestFolder();
        File.WriteAllText(folder["dictionary"], "a2\tzwei\na2\tdeux\nA.\tPunkt\n");
        var found = new FoundHypothesis([4, Vocabulary.Unknown, Vocabulary.Unknown, Vocabulary.Unknown], 0, 0,
            new AttentionPath([0, 1, 2, 0, 0], null));
        string[] source = ["a1", "a2", "\uFFEDA.\u2581"];
        List<string> Tokens(ReplacementDictionary? dictionary) => new OutputText(toy.Model.Target, dictionary)
            .Tokens(found, source, ["b"])[1..];
        Assert.Equal(["<unk>", "<unk>", "<unk>"], Tokens(null));
        Assert.Equal(["a2", "\uFFEDA.\u2581", "a1"], Tokens(ReplacementDictionary.Empty));
        Assert.Equal(["zwei", "\uFFEDPunkt\u2581", "a1"], Tokens(ReplacementDictionary.Load(folder["dictionary"])));

        File.WriteAllText(folder["dictionary"], "a2\tzwei\na 3\tdrei\n");
        Assert.Contains("line 2", Assert.Throws<DataException>(() => new Translator(
            toy.Model, new DecodingOptions { ReplaceUnknown = true, Dictionary = folder["dictionary"] })).Message);
    }

    [Fact]
    public void Create_ModelsOfOtherWords_AreRefused()
    {
        using var toyTwo = new ToyRun(steps: 0, words: 5);
        using var other = TranslationModel.Load(toyTwo.WriteCheckpoint(1));
        var message = Assert.Throws<ConfigurationException>(() => new Translator([toy.Model, other])).Message;
        Assert.Contains($"{other.CheckpointPath} has another source vocabulary than {toy.Model.CheckpointPath} (9 and 16 tokens)", message);
    }

    public static TheoryData<DecodingOptions, string> WrongOptions { get; } = new()
    {
        { new DecodingOptions { Beam = 0 }, "the beam is 0; it must be from 1 (greedy) to 1000" },
        { new DecodingOptions { Beam = 2, BestCount = 3 }, "the number of best translations is 3; it must be from 1 to the beam, 2" },
        { new DecodingOptions { LengthPenalty = double.NaN }, "the length penalty is NaN; it must be from 0 (none) to 10" },
        { new DecodingOptions { BatchSize = -1 }, "the batch size is -1; it must be from 1 to 10000 sentences" },
        { new DecodingOptions { CoveragePenalty = -1 }, "the coverage penalty is -1; it must be from 0 (none) to 10" },
        { new DecodingOptions { MinLength = 5, MaxLength = 4 }, "the minimum length is 5 and the maximum length 4; the minimum must not be "
            + "above the maximum" },
        { new DecodingOptions { NoRepeatNgram = -1 }, "the size of n-grams that come once is -1; it must be from 1 to 100 tokens, or 0 "
            + "for none" },
        { new DecodingOptions { Temperature = 0 }, "the temperature is 0; it must be from 0.01 to 100" },
        { new DecodingOptions { TopK = -2 }, "the number of tokens sampled from (top-k) is -2; it must be from 1 to 10000000, or "
            + "0 for all" },
        { new DecodingOptions { TopP = 0 }, "the probability sampled from (top-p) is 0; it must be above 0 and at most 1" },
        { new DecodingOptions { Search = DecodingSearch.Sample, BestCount = 0 }, "the number of samples is 0; it must be from 1 to 1000" },
        { new DecodingOptions { Dictionary = "d" }, "the dictionary d is for the replacement of unknown tokens, which is off; switch it on "
            + "or leave the dictionary out" },
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
