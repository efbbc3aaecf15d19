using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Nn.Kernels;
using DistSeq2Seq.Model.Nn.Stepping;
using DistSeq2Seq.Model.Tests.Nn;
using TorchSharp;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Decoding;

public sealed class PackedDecodingTests
{
    private const int VocabularySize = 300;

    private static readonly ModelConfiguration Base = new() { EmbeddingSize = 8 };

    /// <summary>Models besides <see cref="Variants"/>.</summary>
    private static readonly Dictionary<string, ModelConfiguration> More = new()
    {
        ["residual, input feeding"] = Variants.Of("input feeding, additive", Base) with
        {
            Residual = true,
            Decoder = new() { Layers = 3, HiddenSize = 8 },
        },
        ["tied decoder"] = Variants.Of("General", Base) with { TiedEmbeddings = TiedEmbeddings.Decoder },
        ["tied all, input feeding"] = Variants.Of("input feeding", Base) with { TiedEmbeddings = TiedEmbeddings.All },
        ["gru, tied all, input feeding"] = Variants.Of("gru, input feeding", Base) with { TiedEmbeddings = TiedEmbeddings.All },
    };

    public static TheoryData<string> Models { get; } = [.. Variants.Names, .. More.Keys];

    [Theory]
    [MemberData(nameof(Models))]
    public void Decode_WithPackedWeights_FindsWhatPlainLayersFind(string name)
    {
        Assert.SkipUnless(FusedKernels.AreAvailable, "the fused kernels are not built");
        using var model = TinyModels.Create(More.TryGetValue(name, out var other) ? other : Variants.Of(name, Base), VocabularySize, 5);
        var random = new Random(3);
        int[][] sources = [.. Enumerable.Range(0, 30)
            .Select(i => Enumerable.Range(0, 12 - (i / 3)).Select(_ => random.Next(4, VocabularySize)).ToArray())];
        var options = new DecodingOptions { BestCount = 3 };
        var before = BatchDecoder.Decode(model, sources, options);
        IReadOnlyList<FoundHypothesis>[] packed;
        using (model.PackWeights())
            packed = BatchDecoder.Decode(model, sources, options);
        FusedKernels.PlainOnThisThread = true;
        try
        {
            AssertSame(BatchDecoder.Decode(model, sources, options), packed);
        }
        finally
        {
            FusedKernels.PlainOnThisThread = false;
        }

        AssertSame(before, BatchDecoder.Decode(model, sources, options)); // nothing of the packing stays
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(17, 8)]
    [InlineData(1000, 13)]
    public void TopTokens_Fused_AreThoseOfPlainTensors(int vocabulary, int count)
    {
        Assert.SkipUnless(FusedKernels.AreAvailable, "the fused kernels are not built");
        using var logits = torch.randn(9, vocabulary).Times(3);
        var fused = TopTokens.Of(logits, count);
        FusedKernels.PlainOnThisThread = true;
        try
        {
            var plain = TopTokens.Of(logits, count);
            Assert.Equal(plain.Tokens, fused.Tokens);
            Assert.All(plain.LogProbabilities.Zip(fused.LogProbabilities), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
            Assert.All(plain.LogSums.Zip(fused.LogSums), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        }
        finally
        {
            FusedKernels.PlainOnThisThread = false;
        }
    }

    private static void AssertSame(IReadOnlyList<FoundHypothesis>[] expected, IReadOnlyList<FoundHypothesis>[] actual)
    {
        Assert.Equal(expected.Select(found => found.Count), actual.Select(found => found.Count));
        foreach (var (one, other) in expected.SelectMany(e => e).Zip(actual.SelectMany(a => a)))
        {
            Assert.Equal(one.Tokens, other.Tokens);
            Assert.Equal(one.Score, other.Score, 1e-4);
        }
    }
}
