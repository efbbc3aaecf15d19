using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Nn;
using TorchSharp;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Decoding;

public sealed class PackedDecodingTests
{
    private const int VocabularySize = 300;

    [SkippableTheory]
    [InlineData(AttentionKind.None)]
    [InlineData(AttentionKind.Dot)]
    [InlineData(AttentionKind.General)]
    [InlineData(AttentionKind.Additive)]
    public void Decode_WithPackedWeights_FindsWhatPlainLayersFind(AttentionKind attention)
    {
        Skip.IfNot(FusedKernels.AreAvailable, "the fused kernels are not built");
        using var model = TinyModels.Create(attention, VocabularySize, 5);
        var random = new Random(3);
        int[][] sources = [.. Enumerable.Range(0, 30).Select(i => Enumerable.Range(0, 12 - (i / 3)).Select(_ => random.Next(4, VocabularySize)).ToArray())];
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

    [SkippableTheory]
    [InlineData(1, 1)]
    [InlineData(17, 8)]
    [InlineData(1000, 13)]
    public void TopTokens_Fused_AreThoseOfPlainTensors(int vocabulary, int count)
    {
        Skip.IfNot(FusedKernels.AreAvailable, "the fused kernels are not built");
        using var logits = torch.randn(9, vocabulary) * 3;
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
        foreach (var (one, other) in expected.SelectMany(e => e).Zip(actual.SelectMany(a => a)))
        {
            Assert.Equal(one.Tokens, other.Tokens);
            Assert.Equal(one.Score, other.Score, 1e-4);
        }
    }
}
