using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Nn.Attention;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>The kernel of input feeding knows two kinds of scores. It must not take another kind for one of them.</summary>
public sealed class KernelScoresTests
{
    [Fact]
    public void PartsFor_ScoresThatNoKernelComputes_AreNone()
    {
        using var attention = new DistanceAttention(3);
        using var encoded = ones(4, 2, 3);
        using var padding = zeros(2, 4, ScalarType.Bool);

        Assert.Null(attention.PartsFor(attention.Prepare(encoded, padding)));
    }

    [Theory]
    [InlineData(AttentionKind.Dot, typeof(KernelScores.Products))]
    [InlineData(AttentionKind.ScaledDot, typeof(KernelScores.Products))]
    [InlineData(AttentionKind.General, typeof(KernelScores.Products))]
    [InlineData(AttentionKind.ScaledGeneral, typeof(KernelScores.Products))]
    [InlineData(AttentionKind.Additive, typeof(KernelScores.Additive))]
    [InlineData(AttentionKind.NormedAdditive, typeof(KernelScores.Additive))]
    public void PartsFor_Kind_NamesTheScoresOfTheKernel(AttentionKind kind, Type scores)
    {
        var model = new ModelConfiguration
        {
            Attention = kind,
            Encoder = new() { HiddenSize = 3, Bidirectional = false },
            Decoder = new() { HiddenSize = 3 },
        };
        using var scope = NewDisposeScope();
        using var attention = AttentionLayer.Create(model)!;

        var parts = attention.PartsFor(attention.Prepare(ones(4, 2, 3), zeros(2, 4, ScalarType.Bool)));

        Assert.Equal(scores, parts?.Scores.GetType());
    }

    /// <summary>Scores −|h − s|, which are neither products nor additive.</summary>
    private sealed class DistanceAttention(int size) : AttentionLayer(size, size)
    {
        protected override Tensor Keys(Tensor encoded, Tensor values) => values;

        protected override Tensor Scores(Tensor states, Tensor keys) => cdist(states.transpose(0, 1), keys).neg();
    }
}
