using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Tests.Nn;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Tests.Decoding;

/// <summary>A beam that is wide enough to drop nothing finds the same as a search over all sequences.</summary>
public sealed class ExhaustiveSearchTests
{
    private const int VocabularySize = 6;
    private const int MaxLength = 4;

    // The tokens that a translation can hold: <unk> and the two words.
    private static readonly int[] Sayable = [Vocabulary.Unknown, 4, 5];

    public static TheoryData<AttentionKind, double> Cases { get; } = Every(Enum.GetValues<AttentionKind>(), [0, 0.6, 1, 3]);

    public static TheoryData<string> Variations { get; } = new(Variants.Names);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_WideBeam_FindsTheBestOfAllSequences(AttentionKind attention, double penalty) =>
        AssertFindsTheBest(seed => TinyModels.Create(attention, VocabularySize, seed), penalty);

    [Theory]
    [MemberData(nameof(Variations))]
    public void Decode_WideBeamWithEachOption_FindsTheBestOfAllSequences(string variant) =>
        AssertFindsTheBest(seed => TinyModels.Create(Variants.Of(variant, new() { EmbeddingSize = 6 }), VocabularySize, seed), 0.6);

    private static void AssertFindsTheBest(Func<ulong, Seq2SeqModel> create, double penalty)
    {
        for (var seed = 1UL; seed <= 3; seed++)
        {
            using var model = create(seed);
            int[] source = [4, 5, 5, 4];
            var expected = LogProbabilities(model, source)
                .Select(y => (y.Tokens, Score: y.LogProbability / Math.Pow((5 + y.Tokens.Length + 1) / 6.0, penalty)))
                .OrderByDescending(y => y.Score)
                .ToArray();
            foreach (var wanted in new[] { 1, 7 })
            {
                var found = BatchDecoder.Decode(model, [source], Options(penalty, wanted))[0];
                Assert.Equal(wanted, found.Count);
                for (var i = 0; i < wanted; i++)
                {
                    Assert.Equal(expected[i].Score, found[i].Score, 1e-4);
                    Assert.Equal(expected.Single(y => y.Tokens.SequenceEqual(found[i].Tokens)).Score, found[i].Score, 1e-4);
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    public void Decode_MinimumLength_FindsTheBestOfThoseLongEnough(int minimum)
    {
        using var model = TinyModels.Create(AttentionKind.General, VocabularySize, 5);
        var best = LogProbabilities(model, [4, 4]).Where(y => y.Tokens.Length >= Math.Min(minimum, MaxLength)).Max(y => y.LogProbability);
        var found = BatchDecoder.Decode(model, [[4, 4]], Options(0, 1) with { MinLength = minimum })[0][0];
        Assert.Equal(best, found.LogProbability, 1e-4);
        Assert.InRange(found.Tokens.Length, Math.Min(minimum, MaxLength), MaxLength);
    }

    [Fact]
    public void Decode_Greedy_TakesTheLikeliestTokenOfEachStep()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            using var model = TinyModels.Create(AttentionKind.Additive, VocabularySize, seed);
            var tokens = new List<int>();
            var last = -1;
            while (tokens.Count < MaxLength && last != Vocabulary.End)
            {
                last = Sayable.Append(Vocabulary.End).MaxBy(next => PrefixLogProbability(model, [5, 4, 4], [.. tokens, next]));
                if (last != Vocabulary.End)
                    tokens.Add(last);
            }

            Assert.Equal(tokens, BatchDecoder.Decode(model, [[5, 4, 4]], Options(1, 1) with { Beam = 1 })[0][0].Tokens);
        }
    }

    private static TheoryData<AttentionKind, double> Every(AttentionKind[] kinds, double[] penalties)
    {
        var data = new TheoryData<AttentionKind, double>();
        foreach (var kind in kinds)
        {
            foreach (var penalty in penalties)
                data.Add(kind, penalty);
        }

        return data;
    }

    private static DecodingOptions Options(double penalty, int best) => new()
    {
        Beam = 200,
        LengthPenalty = penalty,
        BestCount = best,
        MaxLengthRatio = 0,
        MaxLengthExtra = MaxLength,
    };

    private static List<int[]> AllSequences()
    {
        var all = new List<int[]>();
        IEnumerable<int[]> level = [[]];
        for (var length = 0; length <= MaxLength; length++)
        {
            all.AddRange(level);
            level = [.. level.SelectMany(tokens => Sayable.Select(next => (int[])[.. tokens, next]))];
        }

        return all;
    }

    // The training loss of each pair: another path through the model than decoding's steps.
    private static List<(int[] Tokens, double LogProbability)> LogProbabilities(Seq2SeqModel model, int[] source)
    {
        using var noGradient = no_grad();
        using var folder = new Data.TestFolder();
        var sequences = AllSequences();
        using (var writer = new CorpusWriter(folder["x.corpus"], VocabularySize, VocabularySize))
        {
            foreach (var target in sequences)
                writer.Add(source, target);
            writer.Complete();
        }

        using var corpus = PreparedCorpus.Open(folder["x.corpus"]);
        var arrays = new MicroBatchArrays();
        var all = new List<(int[], double)>();
        for (var i = 0; i < sequences.Count; i++)
        {
            using var scope = NewDisposeScope();
            arrays.Fill(corpus, [i]);
            all.Add((sequences[i], -model.Loss(arrays).Value));
        }

        return all;
    }

    // The log probability of a target that need not have ended.
    private static double PrefixLogProbability(Seq2SeqModel model, int[] source, int[] target)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var arrays = new MicroBatchArrays();
        arrays.FillSources([source]);
        var (state, memory) = model.Encode(arrays);
        var (sum, last) = (0.0, Vocabulary.Begin);
        foreach (var token in target)
        {
            (var logits, state, _) = model.Step([last], state, memory);
            sum += logits.log_softmax(1)[0, token].item<float>();
            last = token;
        }

        return sum;
    }
}
