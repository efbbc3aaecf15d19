using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Nn.Stepping;
using TorchSharp;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Decoding;

public sealed class BatchDecoderTests
{
    private const int VocabularySize = 30;

    [Theory]
    [InlineData(AttentionKind.None, 1)]
    [InlineData(AttentionKind.None, 4)]
    [InlineData(AttentionKind.Dot, 5)]
    [InlineData(AttentionKind.General, 1)]
    [InlineData(AttentionKind.General, 6)]
    [InlineData(AttentionKind.Additive, 3)]
    public void Decode_Batch_EqualsOneByOne(AttentionKind attention, int beam)
    {
        using var model = TinyModels.Create(attention, VocabularySize, 7);
        var options = new DecodingOptions { Beam = beam, BestCount = Math.Min(beam, 3) };
        int[][] sources = [.. Sources(24).OrderByDescending(source => source.Length)];
        var together = BatchDecoder.Decode(model, sources, options);
        for (var i = 0; i < sources.Length; i++)
        {
            var alone = BatchDecoder.Decode(model, [sources[i]], options)[0];
            Assert.Equal(alone.Count, together[i].Count);
            for (var rank = 0; rank < alone.Count; rank++)
            {
                Assert.Equal(alone[rank].Score, together[i][rank].Score, 1e-4);
                Assert.Equal(alone[rank].Tokens, together[i][rank].Tokens);
            }
        }
    }

    [Fact]
    public void Decode_NBest_IsInOrderAndWithoutRepetition()
    {
        using var model = TinyModels.Create(AttentionKind.General, VocabularySize, 9);
        var options = new DecodingOptions { Beam = 8, BestCount = 8 };
        foreach (var found in BatchDecoder.Decode(model, [.. Sources(10).OrderByDescending(s => s.Length)], options))
        {
            Assert.Equal(8, found.Count);
            Assert.Equal(found.OrderByDescending(f => f.Score), found);
            Assert.Equal(8, found.Select(f => string.Join(' ', f.Tokens)).Distinct().Count());
            Assert.All(found, f => Assert.Equal(f.LogProbability / LengthPenalty.Of(f.Tokens.Length + 1, 0.6), f.Score, 1e-9));
        }
    }

    [Fact]
    public void Decode_NothingSpecialIsEverSaid()
    {
        // Without weights every token is as likely as the next, so ties must not let padding or a beginning through.
        using var model = TinyModels.Create(AttentionKind.Dot, 8, 1, scale: 0);
        var found = BatchDecoder.Decode(model, [[4, 5, 6]], new DecodingOptions { Beam = 50, BestCount = 50 })[0];
        Assert.All(found.SelectMany(f => f.Tokens), token => Assert.False(token is Vocabulary.Pad or Vocabulary.Begin or Vocabulary.End));
    }

    [Fact]
    public void Decode_ModelWithoutNumbers_EndsWithoutResult()
    {
        using var model = TinyModels.Create(AttentionKind.General, 8, 1, scale: double.NaN);
        Assert.All(BatchDecoder.Decode(model, [[4, 5, 6], [4]], new DecodingOptions()), Assert.Empty);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Decode_LeavesNoTensors(int beam)
    {
        using var model = TinyModels.Create(AttentionKind.Dot, VocabularySize, 3);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        BatchDecoder.Decode(model, [.. Sources(9).OrderByDescending(s => s.Length)], new DecodingOptions { Beam = beam });
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => BatchDecoder.Decode(model, [[4]], new DecodingOptions(), cancelled.Token));
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Step_AnyNumberOfTimes_HoldsAsManyTensors()
    {
        using var model = TinyModels.Create(AttentionKind.General, VocabularySize, 3);
        using var noGradient = TorchSharp.torch.no_grad();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var rows = new EnsembleRows([model], [[4, 5, 6], [7, 8], [9]], withAttention: false))
        {
            var held = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            rows.Step([2, 2, 2], 5);
            rows.Select([0, 2, 0, 2], [0, 2]);
            for (var step = 0; step < 20; step++)
            {
                Assert.Equal(held, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
                var next = rows.Step([4, 5, 6, 7], 5);
                Assert.Equal((2, 5, 20, 4), (next.Sentences, next.PerRow, next.Tokens.Length, next.EndLogProbabilities.Length));
                rows.Select([2, 3, 0, 3], null);
            }
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static IEnumerable<int[]> Sources(int count)
    {
        var random = new DeterministicRandom(11);
        return Enumerable.Range(0, count).Select(_ => TinyModels.Sentence(random, VocabularySize, 1 + random.Below(12)));
    }
}
