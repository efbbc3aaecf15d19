using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Tests.Nn;
using DistSeq2Seq.Model.Training;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class ParameterInitializerTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void Uniform_OfManyParameters_FillsTheWholeRangeEvenly(double scale)
    {
        var values = new float[100_000];

        ParameterInitializer.Uniform(values, scale, seed: 5);

        Assert.All(values, value => Assert.InRange(value, -(float)scale, (float)scale));
        Assert.Equal(0, values.Average(v => (double)v), 0.01 * scale);
        // The variance of a uniform distribution of this width.
        Assert.Equal(scale * scale / 3, values.Average(v => (double)v * v), 0.01 * scale * scale);
        for (var tenth = 0; tenth < 10; tenth++)
        {
            var from = ((tenth / 5.0) - 1) * scale;
            Assert.InRange(values.Count(v => v >= from && v < from + (scale / 5)), 9_500, 10_500);
        }
    }

    [Fact]
    public void Uniform_OfASeed_StaysAsItIs()
    {
        var values = new float[4];

        ParameterInitializer.Uniform(values, 0.1, seed: 1);

        // Fixed values: if they changed, no earlier run could be repeated.
        Assert.Equal([-0.0488229617f, -0.0823352337f, -0.0419009216f, 0.0132566337f], values);
    }

    [Fact]
    public void Uniform_OfAShorterArray_IsABeginning()
    {
        var (all, some) = (new float[100], new float[40]);

        ParameterInitializer.Uniform(all, 0.1, seed: 3);
        ParameterInitializer.Uniform(some, 0.1, seed: 3);

        Assert.Equal(all[..40], some);
    }

    [Fact]
    public void Uniform_OfOtherSeeds_IsOther()
    {
        var seeds = new long[] { 0, 1, 2, long.MaxValue };

        var firsts = seeds.Select(seed =>
        {
            var values = new float[8];
            ParameterInitializer.Uniform(values, 0.1, seed);
            return string.Join(' ', values);
        });

        Assert.Equal(seeds.Length, firsts.Distinct().Count());
    }

    [Fact]
    public void Fill_Xavier_DrawsEachMatrixWithinItsBound()
    {
        var model = Runs.Small.Model with { Initialization = InitializationKind.Xavier, Attention = AttentionKind.NormedAdditive };
        using var replica = Runs.NewReplica(Runs.Small with { Model = model });

        foreach (var tensor in replica.Layout.Tensors)
        {
            var values = replica.Parameters.AsSpan((int)tensor.Offset, (int)tensor.Count).ToArray();
            var rows = tensor.Name.Contains(".rnn.") ? tensor.Shape[0] / 4 : tensor.Shape[0];
            var bound = tensor.Name.EndsWith("embedding.weight") ? model.InitScale : tensor.Shape.Count == 1
                ? 0
                : Math.Sqrt(6.0 / (rows + tensor.Shape[1]));
            if (tensor.Name.EndsWith("gain"))
            {
                Assert.Equal([(float)Math.Sqrt(1.0 / 8)], values);
                continue;
            }

            Assert.All(values, value => Assert.InRange(value, -bound, bound));
            Assert.True(values.Length < 50 || values.Max() > 0.8 * bound, $"{tensor.Name}: at most {values.Max()}, allowed {bound}");
        }
    }

    [Theory]
    [InlineData(InitializationKind.Uniform)]
    [InlineData(InitializationKind.Xavier)]
    public void Fill_WithAForgetBias_AddsItToTheForgetGatesOnly(InitializationKind kind)
    {
        var model = Runs.Small.Model with { Initialization = kind };
        using var without = Runs.NewReplica(Runs.Small with { Model = model });
        using var with = Runs.NewReplica(Runs.Small with { Model = model with { ForgetBias = 1.5 } });
        var changed = 0;
        foreach (var tensor in with.Layout.Tensors)
        {
            for (var i = 0; i < tensor.Count; i++)
            {
                var at = (int)tensor.Offset + i;
                // Rows of PyTorch's LSTM: input, forget, cell, output.
                var isForget = tensor.Name.Contains("bias_ih") && i >= tensor.Count / 4 && i < tensor.Count / 2;
                changed += isForget ? 1 : 0;
                Assert.Equal(without.Parameters[at] + (isForget ? 1.5f : 0), with.Parameters[at]);
            }
        }

        Assert.Equal((2 * 2 * 5) + (2 * 8), changed); // two layers and directions of 5 units, two layers of 8
    }
}
