using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Nn;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Tests.Decoding;

[Collection(ToyCollection.Name)]
public sealed class SamplingTests(TrainedToyRun toy)
{
    private const int VocabularySize = 6;

    private static readonly DecodingOptions Sampling = new()
    {
        Search = DecodingSearch.Sample,
        LengthPenalty = 0,
        MaxLengthRatio = 0,
        MaxLengthExtra = 1,
    };

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(0.5, 0, 1)]
    [InlineData(2, 2, 1)]
    [InlineData(1, 0, 0.6)]
    [InlineData(1.5, 3, 0.7)]
    public void Decode_Sample_DrawsWithTheProbabilitiesOfTheModel(double temperature, int topK, double topP)
    {
        const int draws = 20_000;
        using var model = TinyModels.Create(AttentionKind.General, VocabularySize, 6);
        var expected = Expected(model, temperature, topK, topP);
        var options = Sampling with { BestCount = draws, Temperature = temperature, TopK = topK, TopP = topP, Seed = 5 };
        var counts = BatchDecoder.Decode([model], [new DecoderInput([4, 5], [], 99)], options, default)[0]
            .GroupBy(f => string.Join(' ', f.Tokens)).ToDictionary(g => g.Key, g => g.Count());
        foreach (var (name, probability) in expected)
        {
            // Five standard deviations. The seed fixes the draws, so the test passes always or never.
            var spread = 5 * Math.Sqrt(draws * probability * (1 - probability));
            Assert.InRange(counts.GetValueOrDefault(name), (draws * probability) - spread - 1e-9, (draws * probability) + spread + 1e-9);
        }
    }

    [Fact]
    public void Translate_Sample_IsAFunctionOfSeedAndLineNumber()
    {
        string[] lines = ["a1 a2 a3", "a4", "a1 a2 a3", "", "a5 a6 a7 a8"];
        var options = new DecodingOptions { Search = DecodingSearch.Sample, Temperature = 3, BestCount = 3 };
        string[] Say(DecodingOptions o, int start = 0) =>
            [.. new Translator(toy.Model, o).Translate(lines[start..], firstLine: start)
                .Select(t => string.Join('|', t.Hypotheses.Select(h => h.Text)))];

        var together = Say(options);
        Assert.Equal(together, Say(options with { BatchSize = 1 }));
        Assert.Equal(together[2..], Say(options, 2));
        Assert.NotEqual(together[0], together[2]);
        Assert.NotEqual(together, Say(options with { Seed = 2 }));
        // The first sample does not depend on how many follow.
        var one = new Translator(toy.Model, options with { BestCount = 1 }).Translate(lines);
        Assert.All(one.Zip(together), pair => Assert.Contains(pair.First.Text, pair.Second.Split('|')));
    }

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(0, 1e-6)]
    public void Translate_SampleOfOneToken_IsGreedySearch(int topK, double topP)
    {
        string[] lines = ["a1 a2 a3", "a4 a4", "a9 a8 a7 a6"];
        var greedy = new Translator(toy.Model, new DecodingOptions { Beam = 1 }).Translate(lines);
        var drawn = new Translator(toy.Model, new DecodingOptions
        {
            Search = DecodingSearch.Sample,
            TopK = topK,
            TopP = topP,
            Temperature = 5,
        }).Translate(lines);
        Assert.Equal(greedy.Select(t => t.Text), drawn.Select(t => t.Text));
        Assert.All(greedy.Zip(drawn), pair => Assert.Equal(pair.First.Hypotheses[0].Score, pair.Second.Hypotheses[0].Score, 1e-4));
    }

    [Fact]
    public void Translate_SampleWithRules_KeepsThem()
    {
        var options = new DecodingOptions
        {
            Search = DecodingSearch.Sample,
            Temperature = 10,
            NoRepeatNgram = 1,
            MinLength = 4,
            MaxLength = 6,
            BestCount = 20,
            KeepAttention = true,
        };
        var translation = new Translator(toy.Model, options).Translate(["a1 a2 a3"], prefixes: ["b7 b8"])[0];
        Assert.Equal(20, translation.Hypotheses.Count);
        foreach (var hypothesis in translation.Hypotheses)
        {
            Assert.StartsWith("b7 b8 ", hypothesis.Text);
            Assert.InRange(hypothesis.Tokens.Count, 4, 6);
            Assert.Equal(hypothesis.Tokens.Count, hypothesis.Tokens.Distinct().Count());
            Assert.Equal(hypothesis.Tokens.Count + 1, hypothesis.Attention!.Weights.Count);
        }
    }

    /// <summary>The probability of each first token; the only one, since samples have one at most.</summary>
    private static IEnumerable<(string Tokens, double Probability)> Expected(Seq2SeqModel model, double temperature, int topK, double topP)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var arrays = new MicroBatchArrays();
        arrays.FillSources([[4, 5]]);
        var (state, memory) = model.Encode(arrays);
        var logits = model.Step([Vocabulary.Begin], state, memory).Logits.data<float>().ToArray();
        int[] allowed = [Vocabulary.Unknown, Vocabulary.End, 4, 5];
        var chances = allowed.Select(token => (Token: token, Chance: Math.Exp(logits[token] / temperature)))
            .OrderByDescending(c => c.Chance).ToList();
        if (topK > 0)
            chances = [.. chances.Take(topK)];
        var sum = chances.Sum(c => c.Chance);
        var reached = 0.0;
        chances = [.. chances.TakeWhile(c => (reached += c.Chance) - c.Chance < topP * sum)];
        sum = chances.Sum(c => c.Chance);
        return allowed.Select(token => (token == Vocabulary.End ? "" : $"{token}", chances.Where(c => c.Token == token)
            .Sum(c => c.Chance) / sum));
    }
}
