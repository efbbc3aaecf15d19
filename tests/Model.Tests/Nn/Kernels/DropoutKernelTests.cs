using System.Runtime.InteropServices;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Tests.Nn.Kernels;

[Collection(TorchCollection.Name)]
public sealed class DropoutKernelTests
{
    /// <summary>Philox4x32-10 of counter 0 and key 0, as Random123 publishes it; element 16 w is its word w.</summary>
    private static readonly uint[] FirstWords = [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8];

    [Fact]
    public void Dropout_KnownAnswers_MatchPhilox()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        for (var word = 0; word < FirstWords.Length; word++)
        {
            // Kept at probabilities up to word / 2^32.
            var edge = FirstWords[word] / 4294967296.0;
            Assert.NotEqual(0, Drop(ones(64), edge, 0, 0)[16 * word]);
            Assert.Equal(0, Drop(ones(64), edge + (1 / 4294967296.0), 0, 0)[16 * word]);
        }
    }

    [Fact]
    public void Dropout_ManyElements_DropsItsShare_EachStreamAnother()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var x = ones(1000000);
        var (first, otherStream, otherSeed) = (Drop(x, 0.3, 11, 5), Drop(x, 0.3, 11, 6), Drop(x, 0.3, 12, 5));
        Assert.Equal(0.3, first.Average(value => value == 0 ? 1 : 0), 0.0025); // 5 standard deviations
        Assert.All(first, value => Assert.True(value is 0 or 1 / 0.7f));
        Assert.Equal(0.09, first.Zip(otherStream, (a, b) => a == 0 && b == 0 ? 1 : 0).Average(), 0.0015);
        Assert.NotEqual(first, otherSeed);
    }

    [Fact]
    public void Dropout_Gradient_HasTheSameMask_WhereverMemoryLies()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var x = KernelRuns.Numbers(new Random(1), 1, 7, 333).requires_grad_();
        IReadOnlyList<Tensor> Run(Tensor[] given) => [FusedKernels.Dropout(given[0], 0.4, 1, 2, period: 0)];
        var values = KernelRuns.Values(Run, x);
        var weights = KernelRuns.Floats(KernelRuns.Numbers(new Random(99), 1, 7, 333)); // as KernelRuns draws them
        Assert.All(values[0]!.Zip(values[1]!, weights), item => Assert.Equal(item.First == 0 ? 0 : item.Third * (1 / 0.6f), item.Second));
        KernelRuns.AssertBitsStayWhereverLeavesLie(Run, x);
    }

    [Fact]
    public void Dropout_Period_RepeatsTheMask()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var mask = Drop(ones(3, 37), 0.5, 3, 4);
        var all = Drop(ones(5, 3, 37), 0.5, 3, 4, period: 3 * 37);
        for (var step = 0; step < 5; step++)
            Assert.Equal(mask, all[(step * 111)..((step + 1) * 111)]);
    }

    [Fact]
    public void Dropout_Extremes_KeepAllOrNothing_AndWrongArgumentsAreNamed()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var x = KernelRuns.Numbers(new Random(2), 1, 100);
        Assert.Equal(KernelRuns.Floats(x), Drop(x, 0, 1, 1));
        Assert.All(Drop(x, 1, 1, 1), value => Assert.Equal(0, value));
        Assert.Empty(Drop(empty(0, 3), 0.5, 1, 1));
        Assert.Contains("probability is 1.5", Assert.Throws<ExternalException>(() => Drop(x, 1.5, 1, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("period is 7", Assert.Throws<ExternalException>(() => Drop(x, 0.5, 1, 1, period: 7)).Message,
            StringComparison.Ordinal);
    }

    private static float[] Drop(Tensor x, double probability, ulong seed, ulong stream, long period = 0) =>
        KernelRuns.Floats(FusedKernels.Dropout(x, probability, seed, stream, period));
}
