using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Tests.Nn.Kernels;

/// <summary>A kernel as a node of libtorch's graph.</summary>
[Collection(TorchCollection.Name)]
public sealed class KernelGraphTests
{
    [Fact]
    public void Backward_Throws_ComesOutOfTheStagedGraph_AndOnlyOnce()
    {
        using var scope = NewDisposeScope();
        var x = ones(3).requires_grad_();
        var sum = Kernel.Run(new Broken(), x)[0].sum();
        var error = Assert.Throws<InvalidOperationException>(() => StagedGraph.Backward(sum));
        Assert.Contains("no way back", error.Message, StringComparison.Ordinal);
        StagedGraph.Backward((x * x).sum());
        Assert.Equal([2f, 2, 2], KernelRuns.Floats(x.grad!));
    }

    [Fact]
    public void Backward_ToBeDifferentiatedAgain_IsRefused()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var x = ones(3).requires_grad_();
        FusedKernels.Dropout(x, 0.5, 1, 1, 0).sum().backward(create_graph: true);
        Assert.Contains("gradients of gradients", Assert.Throws<InvalidOperationException>(Kernel.ThrowFailure).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Backward_TwiceThroughOneGraph_SameGradients()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var scope = NewDisposeScope();
        var (x, vector) = (KernelRuns.Numbers(new Random(1), 1, 4, 3, 8).requires_grad_(),
            KernelRuns.Numbers(new Random(2), 1, 8).requires_grad_());
        var sum = FusedKernels.AdditiveScores(x, x, vector).sum();
        sum.backward(retain_graph: true);
        float[]?[] first = [KernelRuns.Floats(x.grad!), KernelRuns.Floats(vector.grad!)];
        (x.grad, vector.grad) = (null, null);
        sum.backward();
        KernelRuns.AssertSameBits(first, [KernelRuns.Floats(x.grad!), KernelRuns.Floats(vector.grad!)]);
    }

    /// <summary>
    /// What a kernel makes lives by the graph and the caller's scope; a collection at any moment frees nothing that is in use.
    /// </summary>
    [Fact]
    public async Task RunAndBackward_BesideAnEagerCollector_SameGradients()
    {
        using var choice = Layers.Use(LayerChoice.Fused);
        using var stop = new CancellationTokenSource();
        var collector = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                GC.Collect(0);
        }, TestContext.Current.CancellationToken);
        using (var scope = NewDisposeScope())
        {
            Tensor[] leaves =
            [
                KernelRuns.Numbers(new Random(1), 1, 4, 3, 8).requires_grad_(),
                KernelRuns.Numbers(new Random(2), 1, 5, 3, 8).requires_grad_(),
                KernelRuns.Numbers(new Random(3), 1, 8).requires_grad_(),
            ];
            IReadOnlyList<Tensor> Scores(Tensor[] given) => [FusedKernels.AdditiveScores(given[0], given[1], given[2])];
            var first = KernelRuns.Values(Scores, leaves);
            for (var i = 0; i < 1000; i++)
                KernelRuns.AssertSameBits(first, KernelRuns.Values(Scores, leaves));
        }

        await stop.CancelAsync();
        await collector;
    }

    private sealed class Broken : Kernel
    {
        protected override IReadOnlyList<Tensor> Forward(IReadOnlyList<Tensor> arguments, List<Tensor>? saved) => [arguments[0].clone()];

        protected override IReadOnlyList<Tensor?> Backward(IReadOnlyList<Tensor> saved, IReadOnlyList<Tensor> gradients,
            IReadOnlyList<bool> wanted) =>
            throw new NotSupportedException("no way back");
    }
}
