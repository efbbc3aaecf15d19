using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Nn.Attention;
using DistSeq2Seq.Model.Nn.Kernels;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Tests.Decoding;

/// <summary>With any output rule, a beam that is wide enough to drop nothing finds the same as a search over all sequences.</summary>
public sealed class GuidedSearchTests
{
    private const int VocabularySize = 6;
    private const int MaxLength = 4;

    private static readonly int[] Source = [4, 5, 5, 4];
    private static readonly DecodingOptions Wide = new() { Beam = 200, LengthPenalty = 1, MaxLengthRatio = 0, MaxLengthExtra = MaxLength };

    [Theory]
    [InlineData(0.2)]
    [InlineData(3)]
    public void Decode_CoveragePenalty_FindsTheBestByEquation14(double beta)
    {
        var changed = 0;
        for (var seed = 1UL; seed <= 5; seed++)
        {
            using var model = TinyModels.Create(AttentionKind.General, VocabularySize, seed);
            var all = Walk([model], _ => true);
            var best = all.MaxBy(y => Score(y, beta))!;
            var found = BatchDecoder.Decode(model, [Source, [4]], Wide with { CoveragePenalty = beta })[0][0];
            Assert.Equal(Score(best, beta), found.Score, 1e-4);
            Assert.Equal(best.LogProbability, found.LogProbability, 1e-4);
            changed += best.Tokens.SequenceEqual(all.MaxBy(y => Score(y, 0))!.Tokens) ? 0 : 1;
        }

        Assert.True(changed > 0 || beta < 1, "no best sequence was another one for the penalty, so nothing was tested");

        static double Score(Sequence y, double beta)
        {
            var coverage = Enumerable.Range(0, Source.Length).Sum(i => Math.Log(Math.Min(y.Looks.Sum(look => look[i]), 1)));
            return (y.LogProbability / ((5 + y.Tokens.Length + 1) / 6.0)) + (beta * coverage);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Decode_NoRepeatNgram_FindsTheBestOfThoseWithoutRepetition(int n)
    {
        for (var seed = 1UL; seed <= 5; seed++)
        {
            using var model = TinyModels.Create(AttentionKind.Dot, VocabularySize, seed);
            var best = Walk([model], y => Distinct(y, n)).MaxBy(Plain)!;
            var found = BatchDecoder.Decode(model, [Source], Wide with { NoRepeatNgram = n })[0][0];
            Assert.Equal(Plain(best), found.Score, 1e-4);
            Assert.True(Distinct(found.Tokens, n));
        }
    }

    [Fact]
    public void Decode_NothingMayFollow_EndsAllTheSame()
    {
        using var model = TinyModels.Create(AttentionKind.Dot, VocabularySize, 1);
        var found = BatchDecoder.Decode(model, [Source], Wide with { NoRepeatNgram = 1, MinLength = MaxLength })[0][0];
        Assert.Equal(3, found.Tokens.Distinct().Count()); // <unk> and the two words, each once
        Assert.Equal(3, found.Tokens.Length);
    }

    [Theory]
    [InlineData(new[] { 5 })]
    [InlineData(new[] { 4, 4, 1 })]
    [InlineData(new[] { 5, 4, 5, 4, 5, 5 })]
    public void Decode_Prefix_FindsTheBestThatBeginsWithIt(int[] prefix)
    {
        using var model = TinyModels.Create(AttentionKind.Additive, VocabularySize, 2);
        var longest = Math.Max(prefix.Length, MaxLength);
        var best = Walk([model], y => y.Length > prefix.Length ? y.AsSpan().StartsWith(prefix) : prefix.AsSpan().StartsWith(y), longest)
            .Where(y => y.Tokens.Length >= prefix.Length).MaxBy(Plain)!;
        // The sentence beside it has no prefix, and its result must not change.
        var found = BatchDecoder.Decode([model], [new DecoderInput(Source, prefix, 0), new DecoderInput([4])], Wide, default);
        Assert.Equal(best.Tokens, found[0][0].Tokens);
        Assert.Equal(Plain(best), found[0][0].Score, 1e-4);
        Assert.Equal(BatchDecoder.Decode(model, [[4]], Wide)[0][0].Score, found[1][0].Score, 1e-4);
    }

    [Fact]
    public void Decode_Ensemble_AveragesProbabilities()
    {
        using var first = TinyModels.Create(AttentionKind.General, VocabularySize, 3);
        using var second = TinyModels.Create(AttentionKind.None, VocabularySize, 4);
        var best = Walk([first, second], _ => true).MaxBy(Plain)!;
        var found = BatchDecoder.Decode([first, second], [new DecoderInput(Source)], Wide with { KeepAttention = true }, default)[0][0];
        Assert.Equal(best.Tokens, found.Tokens);
        Assert.Equal(Plain(best), found.Score, 1e-4);
        // Only one of the models has attention.
        Assert.All(found.Attention!.Weights!, row => Assert.Equal(1, row.Sum(), 1e-4));
    }

    [Fact]
    public void Decode_KeepAttention_GivesEachTokensOwnWeights()
    {
        using var model = TinyModels.Create(AttentionKind.General, VocabularySize, 3);
        var found = BatchDecoder.Decode(model, [Source, [5, 4], [4]], Wide with { Beam = 9, BestCount = 9, KeepAttention = true })[0];
        var all = Walk([model], _ => true);
        foreach (var hypothesis in found)
        {
            var expected = all.Single(y => y.Tokens.SequenceEqual(hypothesis.Tokens)).Looks;
            Assert.Equal(expected.Length, hypothesis.Attention!.Weights!.Length);
            for (var row = 0; row < expected.Length; row++)
            {
                Assert.All(expected[row].Zip(hypothesis.Attention.Weights[row]), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
                Assert.Equal(hypothesis.Attention.Weights[row].Take(Source.Length).Max(),
                    hypothesis.Attention.Weights[row][hypothesis.Attention.Best[row]]);
            }
        }
    }

    [Fact]
    public void Repeating_FindsWhatWouldCompleteAnNgram()
    {
        Assert.Equal([7], OutputRules.Repeating([5, 6, 7, 5, 6], 3).Order());
        Assert.Equal([7, 8], OutputRules.Repeating([5, 7, 5, 8, 5], 2).Order());
        Assert.Equal([5, 7], OutputRules.Repeating([5, 7], 1).Order());
        Assert.Empty(OutputRules.Repeating([5, 6], 3));
    }

    private static double Plain(Sequence y) => y.LogProbability / ((5 + y.Tokens.Length + 1) / 6.0);

    private static bool Distinct(int[] tokens, int n)
    {
        string[] ngrams = [.. Enumerable.Range(0, Math.Max(0, tokens.Length - n + 1))
            .Select(i => string.Join(' ', tokens.Skip(i).Take(n)))];
        return ngrams.Distinct().Count() == ngrams.Length;
    }

    /// <summary>All sequences that are allowed, built step by step without any search.</summary>
    private static List<Sequence> Walk(Seq2SeqModel[] models, Func<int[], bool> may, int maxLength = MaxLength)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var arrays = new MicroBatchArrays();
        arrays.FillSources([Source]);
        var all = new List<Sequence>();
        Say([.. models.Select(model => (model, model.Encode(arrays)))], Vocabulary.Begin, new Sequence([], 0, []));
        return all;

        void Say((Seq2SeqModel Model, (DecoderState State, AttentionMemory? Memory) At)[] members, int last, Sequence y)
        {
            var steps = members.Select(m => m.Model.Step([last], m.At.State, m.At.Memory)).ToArray();
            var chances = steps.Select(s => s.Logits.softmax(1)).ToArray();
            double LogOf(int token) => Math.Log(chances.Average(c => c[0, token].item<float>()));
            var look = steps.Select(s => s.Weights).FirstOrDefault(w => w is not null)?.data<float>().ToArray() ?? [];
            all.Add(y with { LogProbability = y.LogProbability + LogOf(Vocabulary.End), Looks = [.. y.Looks, look] });
            if (y.Tokens.Length == maxLength)
                return;
            foreach (var token in new[] { Vocabulary.Unknown, 4, 5 }.Where(token => may([.. y.Tokens, token])))
            {
                Say([.. members.Zip(steps, (m, s) => (m.Model, (s.State, m.At.Memory)))], token,
                    new Sequence([.. y.Tokens, token], y.LogProbability + LogOf(token), [.. y.Looks, look]));
            }
        }
    }

    private sealed record Sequence(int[] Tokens, double LogProbability, float[][] Looks);
}
