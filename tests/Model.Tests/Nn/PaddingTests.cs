using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Tests.Training;
using DistSeq2Seq.Model.Training;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>The other sentences in a micro-batch, and the padding that they cause, do not change a sentence's results.</summary>
[Collection(TorchCollection.Name)]
public sealed class PaddingTests
{
    private static readonly int[][][] Pairs =
    [
        [[4, 9, 8, 7, 6, 5, 12, 29], [4]],
        [[10, 11, 12, 13], [5, 6, 7, 8, 9, 10, 11]],
        [[14, 15, 16], [12, 13]],
        [[17], [14, 15, 16, 17]],
    ];

    public static TheoryData<string, LayerChoice> Kinds { get; } = Layers.With(Variants.Names);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Loss_OfABatch_IsTheSumOfItsSentencesLosses(string variant, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        using var replica = NewReplica(variant);
        var alone = Pairs.Select(pair => replica.ComputeLoss(Batches.Of(pair))).ToArray();

        // Every subset: each sentence beside longer ones, shorter ones, both and none.
        for (var members = 1; members < 1 << Pairs.Length; members++)
        {
            var chosen = Enumerable.Range(0, Pairs.Length).Where(i => (members >> i & 1) == 1).ToArray();
            var together = replica.ComputeLoss(Batches.Of([.. chosen.Select(i => Pairs[i])]));
            var expected = chosen.Sum(i => alone[i]);
            Assert.Equal(expected, together, 2e-6 * expected);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradient_OfABatch_IsTheSumOfItsSentencesGradients(string variant, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        using var replica = NewReplica(variant);
        using var gradient = replica.NewGradientBuffer();
        var sum = new float[gradient.Values.Length];
        foreach (var pair in Pairs)
        {
            replica.ComputeGradient(Batches.Of(pair), 1, gradient);
            for (var i = 0; i < sum.Length; i++)
                sum[i] += gradient.Values[i];
        }

        replica.ComputeGradient(Batches.Of(Pairs), 1, gradient);

        Assert.InRange(Fixtures.RelativeError(sum, gradient.Values), 0, 2e-6);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradient_WhateverThePaddingsVector_HasTheSameBits(string variant, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        using var replica = NewReplica(variant);
        using var gradient = replica.NewGradientBuffer();
        var batch = Batches.Of(Pairs);
        var loss = replica.ComputeGradient(batch, 1, gradient);
        var expected = gradient.Values.ToArray();
        foreach (var row in PaddingRows(replica))
            row.AsSpan(replica.Parameters).Fill(1000);

        Assert.Equal(loss, replica.ComputeGradient(batch, 1, gradient));

        Assert.Equal(expected, gradient.Values);
        Assert.All(PaddingRows(replica), row => Assert.All(row.AsSpan(gradient.Values).ToArray(), g => Assert.Equal(0, g)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ComputeLoss_WithPaddingThatIsNoNumber_IsTheSame(string variant, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        using var replica = NewReplica(variant);
        var batch = Batches.Of(Pairs);
        var loss = replica.ComputeLoss(batch);

        foreach (var row in PaddingRows(replica))
            row.AsSpan(replica.Parameters).Fill(float.NaN);

        Assert.Equal(loss, replica.ComputeLoss(batch));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Loss_OfAVeryShortBatch_IsFinite(string variant, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        using var replica = NewReplica(variant);
        using var gradient = replica.NewGradientBuffer();

        // The end mark alone on both sides: attention has one position to look at.
        var loss = replica.ComputeGradient(Batches.Of([[[], []]]), 1, gradient);

        Assert.True(double.IsFinite(loss) && loss > 0);
        Assert.All(gradient.Values, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Loss_OfAnUnsortedBatch_IsRefused()
    {
        using var replica = NewReplica("General");

        var error = Assert.Throws<ArgumentException>(() => replica.ComputeLoss(Batches.Of(Pairs[3], Pairs[0])));

        Assert.Contains("source 1 has 9 tokens, more than the one before it (2)", error.Message);
    }

    private static Replica NewReplica(string variant)
    {
        var replica = Runs.NewReplica(Runs.Small with { Model = Variants.Of(variant, Runs.Small.Model) with { Dropout = 0 } });
        Fixtures.FillWeights(replica.Parameters, 2);
        return replica;
    }

    /// <summary>Where the vectors of the padding token lie in the flat parameters.</summary>
    private static IEnumerable<Slice> PaddingRows(Replica replica)
    {
        foreach (var tensor in replica.Layout.Tensors.Where(t => t.Name.EndsWith("embedding.weight", StringComparison.Ordinal)))
            yield return new Slice((int)(tensor.Offset + (Vocabulary.Pad * tensor.Shape[1])), (int)tensor.Shape[1]);
    }

    private readonly record struct Slice(int Start, int Length)
    {
        public Span<float> AsSpan(float[] flat) => flat.AsSpan(Start, Length);
    }
}
