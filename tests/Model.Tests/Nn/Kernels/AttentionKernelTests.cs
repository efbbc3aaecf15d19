using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Tests.Nn.Kernels;

[Collection(TorchCollection.Name)]
public sealed class AttentionKernelTests
{
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(3, 4, 5, 17)]
    [InlineData(5, 7, 2, 64)]
    [InlineData(2, 0, 3, 8)]
    [InlineData(6, 9, 11, 33)]
    public void AdditiveScores_ManyShapes_AgreesWithDoublePrecision_WhereverMemoryLies(int targets, int sources, int batch, int width)
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var random = new Random(targets + sources);
        Tensor[] leaves =
        [
            KernelRuns.Numbers(random, 1.7, targets, batch, width).requires_grad_(),
            KernelRuns.Numbers(random, 1.7, sources, batch, width).requires_grad_(),
            KernelRuns.Numbers(random, 1.7, width).requires_grad_(),
        ];
        IReadOnlyList<Tensor> Fused(Tensor[] given) => [FusedKernels.AdditiveScores(given[0], given[1], given[2])];
        IReadOnlyList<Tensor> Exact(Tensor[] given)
        {
            var exact = given.Select(leaf => leaf.to(ScalarType.Float64)).ToArray();
            return [(exact[0].transpose(0, 1).unsqueeze(2).Plus(exact[1].transpose(0, 1).unsqueeze(1)).tanh() * exact[2]).sum(-1)];
        }

        KernelRuns.AssertClose(KernelRuns.Values(Exact, leaves), KernelRuns.Values(Fused, leaves), 1e-5);
        KernelRuns.AssertBitsStayWhereverLeavesLie(Fused, leaves);
    }

    [Fact]
    public void AdditiveScores_WrongKeys_NamedInTheError()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(() => FusedKernels.AdditiveScores(zeros(2, 3, 4), zeros(5, 2, 4), zeros(4)));
        Assert.Contains("the keys has the shape [5, 2, 4], expected [5, 3, 4]", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Steps, sentences, widths of words and states, source positions, width of values, layers.</summary>
    [Theory]
    [InlineData(new[] { 1, 1, 1, 1, 1, 1, 1 }, false, false, false)]
    [InlineData(new[] { 5, 3, 4, 17, 6, 9, 1 }, false, false, true)]
    [InlineData(new[] { 4, 3, 5, 16, 3, 16, 2 }, true, false, false)]
    [InlineData(new[] { 7, 2, 3, 9, 5, 20, 3 }, true, true, true)]
    [InlineData(new[] { 12, 11, 20, 48, 13, 64, 2 }, false, true, true)] // enough rows for panels
    public void FeedingDecoder_ManyShapes_AgreesWithDoublePrecision_WhereverMemoryLies(int[] sizes, bool isAdditive, bool residual,
        bool masked)
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var problem = new FeedingProblem(sizes, isAdditive, residual, masked);
        var leaves = problem.Leaves();
        KernelRuns.AssertClose(KernelRuns.Values(problem.Exact, leaves), KernelRuns.Values(problem.Fused, leaves));
        KernelRuns.AssertBitsStayWhereverLeavesLie(problem.Fused, leaves);
        using var noGradient = no_grad();
        KernelRuns.AssertSameBits(KernelRuns.Values(problem.Fused, leaves)[..1], [KernelRuns.Floats(problem.Fused(leaves)[0])]);
    }

    [Fact]
    public void FeedingDecoder_SourceWithoutAWord_OrWrongMatrix_NamedInTheError()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var problem = new FeedingProblem([2, 3, 4, 5, 6, 7, 1], isAdditive: false, residual: false, masked: false);
        var leaves = problem.Leaves();
        problem.Padding[1].copy_(ones_like(problem.Padding[1]));
        Assert.Contains("lengths[1] is 0, expected 1..6", Assert.ThrowsAny<Exception>(() => problem.Fused(leaves)).Message,
            StringComparison.Ordinal);
        problem.Padding[1].copy_(zeros_like(problem.Padding[1]));
        leaves[3] = zeros(5, 11);
        Assert.Contains("the combining weight has the shape [5, 11], expected [5, 12]",
            Assert.Throws<ArgumentException>(() => problem.Fused(leaves)).Message, StringComparison.Ordinal);
    }
}
