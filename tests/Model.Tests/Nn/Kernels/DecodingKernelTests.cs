using System.Runtime.InteropServices;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Compression;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Tests.Nn.Kernels;

[Collection(TorchCollection.Name)]
public sealed class DecodingKernelTests
{
    [Fact]
    public void PackedWeight_ManyShapes_AgreesWithDoublePrecision_AndAloneWithTogether()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var rows in new[] { 0, 1, 7, 160 })
            foreach (var depth in new[] { 1, 33, 600 })
                foreach (var columns in new[] { 1, 50, 97 })
                {
                    var random = new Random(rows + depth + columns);
                    var (weight, bias, x) = (new Parameter(KernelRuns.Numbers(random, 1, columns, depth)),
                        KernelRuns.Numbers(random, 1, columns), KernelRuns.Numbers(random, 1, rows, depth));
                    using var packed = new PackedWeight(weight);
                    var exact = x.to(ScalarType.Float64).mm(weight.t().to(ScalarType.Float64));
                    var (with, without) = (packed.Apply(x, bias), packed.Apply(x, null));
                    KernelRuns.AssertClose([KernelRuns.Floats(exact), KernelRuns.Floats(exact.Plus(bias))],
                        [KernelRuns.Floats(without), KernelRuns.Floats(with)], 1e-5);
                    KernelRuns.AssertSameBits([KernelRuns.Floats(with)],
                        [KernelRuns.Floats(packed.Apply(KernelRuns.Moved(x, 3), KernelRuns.Moved(bias, 1)))]);
                    for (var row = 0; row < rows; row += 13)
                        KernelRuns.AssertClose([KernelRuns.Floats(with[row])],
                            [KernelRuns.Floats(packed.Apply(x.narrow(0, row, 1), bias))], 1e-5);
                }
    }

    [Fact]
    public void PackedWeight_WeightChangedAfterwards_ItsCopyStays()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var weight = new Parameter(KernelRuns.Numbers(new Random(1), 1, 20, 10));
        var x = KernelRuns.Numbers(new Random(2), 1, 3, 10);
        using var packed = new PackedWeight(weight);
        var before = KernelRuns.Floats(packed.Apply(x, null));
        weight.zero_();
        Assert.Equal(before, KernelRuns.Floats(packed.Apply(x, null)));
        Assert.Contains("[3, 9], expected [3, 10]", Assert.Throws<ArgumentException>(() => packed.Apply(zeros(3, 9), null)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 20)]
    [InlineData(130, 65)]
    public void LstmCell_ManyShapes_AgreesWithTheLayer(int rows, int units)
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var random = new Random(rows + units);
        var layer = new LayerWeights(
            new(KernelRuns.Numbers(random, 1, 4 * units, units + 3)), new(KernelRuns.Numbers(random, 0.2, 4 * units, units)),
            new(KernelRuns.Numbers(random, 1, 4 * units)), new(KernelRuns.Numbers(random, 1, 4 * units)));
        var (x, hidden, cell) = (KernelRuns.Numbers(random, 1, rows, units + 3), KernelRuns.Numbers(random, 1, rows, units),
            KernelRuns.Numbers(random, 1, rows, units));
        using PackedWeight input = new(layer.InputWeights), recurrent = new(layer.HiddenWeights);
        var (nextHidden, nextCell) = FusedKernels.LstmCell(x, input, recurrent, layer, hidden, cell);
        var expected = LstmLayer.RunPlain(x.unsqueeze(0), [rows], layer, hidden, cell, reverse: false);
        KernelRuns.AssertClose([KernelRuns.Floats(expected.Hidden), KernelRuns.Floats(expected.Cell!)],
            [KernelRuns.Floats(nextHidden), KernelRuns.Floats(nextCell)]);
    }

    [Fact]
    public void TopLogits_ManyShapes_AgreesWithSorting_WhereverMemoryLies()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        foreach (var classes in new[] { 1, 15, 16, 127, 128, 129, 1000, 8003 })
            foreach (var wanted in new[] { 1, 8, 300 })
            {
                var count = Math.Min(wanted, classes);
                var logits = KernelRuns.Numbers(new Random(classes), 7, 6, classes);
                var (values, indices, sums) = Top(logits, count);
                for (var row = 0; row < 6; row++)
                {
                    var numbers = KernelRuns.Floats(logits[row]);
                    var expected = Enumerable.Range(0, classes).OrderByDescending(i => numbers[i]).ThenBy(i => i).Take(count).ToArray();
                    Assert.Equal(expected.Select(i => (long)i), indices[(row * count)..((row + 1) * count)]);
                    Assert.Equal(expected.Select(i => numbers[i]), values[(row * count)..((row + 1) * count)]);
                    Assert.Equal(Math.Log(numbers.Sum(number => Math.Exp(number))), sums[row], 1e-5);
                }

                var moved = Top(KernelRuns.Moved(logits, 1), count);
                KernelRuns.AssertSameBits([values, sums], [moved.Values, moved.LogSums]);
            }
    }

    [Fact]
    public void TopLogits_EqualLogits_MinusInfinityAndNaN()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        Assert.Equal([0L, 1, 2, 3, 0, 1, 2, 3], Top(zeros(2, 500), 4).Indices); // the first of equals before the others

        var numbers = Enumerable.Repeat(float.NegativeInfinity, 600).ToArray();
        (numbers[299], numbers[7], numbers[500], numbers[303]) = (1, 2, float.NaN, 5);
        var (values, indices, sums) = Top(tensor(numbers).view(2, 300), 3);
        Assert.Equal([7L, 299], indices[..2]);
        Assert.Equal(float.NegativeInfinity, values[2]); // there is no third
        Assert.True(float.IsNaN(sums[1])); // a NaN shows
        Assert.Contains("wanted is 5, expected 1..4", Assert.Throws<ExternalException>(() => Top(zeros(1, 4), 5)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Int8_WhereverMemoryLies_SameBits_AndWrongShapesAreNamed()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var random = new Random(4);
        var matrix = QuantizedMatrix.Of(new TensorSlice("m", [50, 70], 0, 3500), KernelRuns.Floats(KernelRuns.Numbers(random, 1, 50, 70)));
        using var weight = new QuantizedWeight(matrix);
        var (x, bias) = (KernelRuns.Numbers(random, 1, 9, 70), KernelRuns.Numbers(random, 1, 50));
        var first = KernelRuns.Floats(weight.Multiply(x, bias));
        for (var floats = 1; floats < 5; floats++)
            KernelRuns.AssertSameBits([first],
                [KernelRuns.Floats(weight.Multiply(KernelRuns.Moved(x, floats), KernelRuns.Moved(bias, floats)))]);
        Assert.Empty(KernelRuns.Floats(weight.Multiply(zeros(0, 70), bias)));
        Assert.Contains("[9, 71], expected [9, 70]", Assert.Throws<ArgumentException>(() => weight.Multiply(zeros(9, 71))).Message,
            StringComparison.Ordinal);
    }

    private static (float[] Values, long[] Indices, float[] LogSums) Top(Tensor logits, int count)
    {
        var rows = (int)logits.shape[0];
        var (values, indices, sums) = (new float[rows * count], new long[rows * count], new float[rows]);
        FusedKernels.TopLogits(logits, values, indices, sums);
        return (values, indices, sums);
    }
}
