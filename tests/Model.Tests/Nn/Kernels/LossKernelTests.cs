using System.Runtime.InteropServices;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Tests.Nn.Kernels;

[Collection(TorchCollection.Name)]
public sealed class LossKernelTests
{
    [Theory]
    [InlineData(1, 1, 1, 0, true, 0)]
    [InlineData(5, 3, 2, 2, true, 0)]
    [InlineData(37, 17, 101, 5, true, 0)]
    [InlineData(37, 17, 64, 5, false, 0)]
    [InlineData(1100, 6, 33, 7, true, 0)] // more than one slice
    [InlineData(1100, 6, 33, 0, true, 0.1)] // the same without gathering rows
    [InlineData(90, 8, 70001, 9, true, 0.1)] // slices of few rows
    [InlineData(37, 17, 101, 5, true, 0.1)]
    [InlineData(20, 9, 31, 0, false, 1)]
    [InlineData(4, 3, 5, 1, true, 0.1)] // no row counts
    [InlineData(0, 3, 5, 0, true, 0.1)]
    public void Run_ManyShapes_AgreesWithDoublePrecision(int rows, int width, int classes, int ignoredEvery, bool hasBias, double smoothing)
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var leaves = Leaves(rows, width, classes, hasBias);
        var targets = Targets(rows, classes, ignoredEvery);
        CrossEntropyCounts counts = default;
        var fused = KernelRuns.Values(Loss(targets, smoothing, found => counts = found), leaves);
        var exact = KernelRuns.Values(Reference(targets, smoothing), leaves);
        KernelRuns.AssertClose(exact, fused, 1e-5);

        var logits = Logits(leaves);
        var counted = targets.ne(tensor(-1L));
        Assert.Equal(counted.sum().item<long>(), counts.Counted);
        Assert.Equal(rows == 0 ? 0 : logits.argmax(1).eq(targets).logical_and(counted).sum().item<long>(), counts.Correct);
        var likelihood = nn.functional.cross_entropy(logits, targets, ignore_index: -1, reduction: nn.Reduction.Sum).item<double>();
        Assert.Equal(likelihood, counts.NegativeLogLikelihood, 1e-6 * likelihood);
    }

    [Fact]
    public void Run_ScaledLoss_ScalesGradients()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var leaves = Leaves(37, 17, 101, hasBias: true);
        var targets = Targets(37, 101, 5);
        Computation Third(Computation loss) => given => [loss(given)[0].Times(0.37)];
        KernelRuns.AssertClose(KernelRuns.Values(Third(Reference(targets, 0.1)), leaves),
            KernelRuns.Values(Third(Loss(targets, 0.1)), leaves), 1e-5);
    }

    [Fact]
    public void Run_SomeLeavesFixed_OthersKeepTheirGradients()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var leaves = Leaves(20, 9, 31, hasBias: true);
        var targets = Targets(20, 31, 3);
        var all = KernelRuns.Values(Loss(targets, 0), leaves);
        leaves[1].requires_grad = false;
        var some = KernelRuns.Values(Loss(targets, 0), leaves);
        KernelRuns.AssertSameBits([all[0], all[1], all[3]], [some[0], some[1], some[3]]);
        Assert.Null(some[2]);
    }

    [Fact]
    public void Run_WhereverMemoryLies_SameBits()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        foreach (var ignoredEvery in new[] { 0, 6 })
            KernelRuns.AssertBitsStayWhereverLeavesLie(Loss(Targets(70, 133, ignoredEvery), 0.1), Leaves(70, 19, 133, hasBias: true));
    }

    [Fact]
    public void Run_EqualLogits_TheFirstIsThePrediction()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        CrossEntropyCounts counts = default;
        Loss(tensor([0L, 1, 4]), 0, found => counts = found)([zeros(3, 2), zeros(5, 2)]);
        Assert.Equal(1, counts.Correct);
    }

    [Fact]
    public void Run_ExtremeLogits_Finite_AndNaNPasses()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var weight = tensor([1f, -1f, 0.5f]).view(3, 1);
        CrossEntropyCounts counts = default;
        var loss = Loss(tensor([1L, 1]), 0, found => counts = found);
        loss([tensor([1e4f, -1e4f]).view(2, 1), weight]);
        Assert.Equal(2e4, counts.Loss, 1e-3);
        loss([tensor([float.NaN, float.NaN]).view(2, 1), weight]);
        Assert.True(double.IsNaN(counts.Loss));
    }

    [Fact]
    public void Run_WrongArguments_NamedInTheError()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var leaves = Leaves(4, 3, 5, hasBias: true);
        string Error<T>(Tensor targets, double smoothing, Tensor[] given)
            where T : Exception => Assert.Throws<T>(() => Loss(targets, smoothing)(given)).Message;

        Assert.Contains("label_smoothing is 1.5", Error<ExternalException>(Targets(4, 5, 0), 1.5, leaves), StringComparison.Ordinal);
        Assert.Contains("targets[2] is 5, expected 0..4", Error<ExternalException>(tensor([0L, 1, 5, 2]), 0, leaves),
            StringComparison.Ordinal);
        Assert.Contains("the targets has the shape [3], expected [4]", Error<ArgumentException>(Targets(3, 5, 0), 0, leaves),
            StringComparison.Ordinal);
        Assert.Contains("input has the shape [4, 2], expected [4, 3]",
            Error<ArgumentException>(Targets(4, 5, 0), 0, [zeros(4, 2), .. leaves[1..]]), StringComparison.Ordinal);
    }

    private static Tensor[] Leaves(int rows, int width, int classes, bool hasBias)
    {
        var random = new Random(rows + width + classes);
        Tensor[] leaves = [KernelRuns.Numbers(random, 1.7, rows, width), KernelRuns.Numbers(random, 0.8, classes, width),
            KernelRuns.Numbers(random, 1.7, classes)];
        return [.. leaves[..(hasBias ? 3 : 2)].Select(leaf => leaf.requires_grad_())];
    }

    /// <summary>Targets of which every n-th row is ignored, from the first on; 0: none.</summary>
    private static Tensor Targets(int rows, int classes, int ignoredEvery)
    {
        var random = new Random(rows);
        return tensor(Enumerable.Range(0, rows).Select(row => ignoredEvery > 0 && row % ignoredEvery == 0 ? -1L : random.Next(classes))
            .ToArray());
    }

    private static Computation Loss(Tensor targets, double smoothing, Action<CrossEntropyCounts>? tell = null) => leaves =>
    {
        var kernel = new CrossEntropyKernel(targets, smoothing);
        var loss = Kernel.Run(kernel, leaves);
        tell?.Invoke(kernel.Counts);
        return loss;
    };

    private static Computation Reference(Tensor targets, double smoothing) =>
        leaves => [nn.functional.cross_entropy(Logits(leaves), targets, ignore_index: -1, reduction: nn.Reduction.Sum,
            label_smoothing: smoothing)];

    private static Tensor Logits(Tensor[] leaves)
    {
        var exact = leaves.Select(leaf => leaf.to(ScalarType.Float64)).ToArray();
        var product = exact[0].mm(exact[1].t());
        return exact.Length > 2 ? product.Plus(exact[2]) : product;
    }
}
