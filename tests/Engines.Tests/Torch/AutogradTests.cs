using TorchSharp.Modules;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Engines.Tests.Torch;

public sealed class AutogradTests : ScopedTorchTest
{
    [Fact]
    public void Grad_BeforeBackward_IsNull() => Assert.Null(ones(2, requires_grad: true).grad);

    [Fact]
    public void Grad_ReadTwice_GivesTwoObjectsOnTheSameElements()
    {
        var x = ones(2, requires_grad: true);
        x.sum().backward();

        var (first, second) = (x.grad!, x.grad!);
        first.fill_(5);

        Assert.NotSame(first, second);
        Assert.Equal([5f, 5f], second.data<float>().ToArray());
    }

    [Fact]
    public void Backward_WithGradSetToAViewOfAFlatBuffer_AccumulatesIntoTheBuffer()
    {
        var flat = zeros(5);
        var a = new Parameter(tensor(new[] { 1f, 2f }));
        var b = new Parameter(tensor(new[] { 3f, 4f, 5f }));
        a.grad = flat.narrow(0, 0, 2);
        b.grad = flat.narrow(0, 2, 3);

        (a * a).sum().backward();
        (b * 10).sum().backward();
        (b * 1).sum().backward();

        Assert.Equal([2f, 4f, 11f, 11f, 11f], flat.data<float>().ToArray());
    }

    [Fact]
    public void Set_OfAParameterToAViewOfAFlatBuffer_SharesTheBuffer()
    {
        var flat = arange(6, float32);
        var parameter = new Parameter(zeros(2, 2));

        using (no_grad())
            parameter.set_(flat.narrow(0, 1, 4).view(2, 2));
        flat.mul_(2);

        Assert.Equal([2f, 4f, 6f, 8f], parameter.data<float>().ToArray());
        parameter.sum().backward();
        Assert.Equal([1f, 1f, 1f, 1f], parameter.grad!.data<float>().ToArray());
    }

    [Fact]
    public void NoGrad_WhileItLasts_RecordsNothing()
    {
        var x = ones(2, requires_grad: true);

        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            Assert.False((x * 2).requires_grad);
        }

        Assert.True(is_grad_enabled());
        Assert.True((x * 2).requires_grad);
    }

    [Fact]
    public void Backward_WithAGradientAndRetainedGraph_CanRunAgain()
    {
        var x = tensor(new[] { 1f, 2f }, requires_grad: true);
        var y = x * x;

        y.backward([tensor(new[] { 1f, 10f })], retain_graph: true);
        y.backward([tensor(new[] { 1f, 10f })]);

        Assert.Equal([4f, 80f], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Backward_WithInputs_FillsOnlyTheirGradients()
    {
        var (x, y) = (ones(1, requires_grad: true), ones(1, requires_grad: true));

        (x * y).sum().backward(inputs: [x]);

        Assert.NotNull(x.grad);
        Assert.Null(y.grad);
    }

    [Fact]
    public void Detach_OfAResult_CutsTheGraph()
    {
        var x = ones(1, requires_grad: true);

        Assert.False((x * 2).detach().requires_grad);
        Assert.True(x.is_leaf);
        Assert.False((x * 2).is_leaf);
    }

    [Fact]
    public void ClipGradNorm_AboveTheLimit_ScalesAllGradients()
    {
        var (a, b) = (new Parameter(zeros(1)), new Parameter(zeros(1)));
        a.grad = full(1, 3f);
        b.grad = full(1, 4f);

        var norm = nn.utils.clip_grad_norm_([a, b], 1.0);

        Assert.Equal(5.0, norm, 5);
        Assert.Equal(0.6, a.grad!.ToDouble(), 4);
        Assert.Equal(0.8, b.grad!.ToDouble(), 4);
    }
}
