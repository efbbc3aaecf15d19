using TorchSharp.Modules;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Engines.Tests.Torch;

[Collection(TorchTests.Name)]
public sealed class DisposeScopeTests
{
    [Fact]
    public void Dispose_OfAScope_DisposesWhatWasMadeInIt()
    {
        Tensor inside;
        using (var scope = NewDisposeScope())
        {
            inside = ones(2) + 1;
            Assert.Equal(2, scope.DisposablesCount);
        }

        Assert.True(inside.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => inside.Handle);
    }

    [Fact]
    public void MoveToOuterDisposeScope_FromAnInnerScope_OutlivesTheInner()
    {
        using var outer = NewDisposeScope();
        Tensor kept;
        using (NewDisposeScope())
            kept = (ones(2) + 1).MoveToOuterDisposeScope();

        Assert.False(kept.IsInvalid);
        Assert.True(outer.Contains(kept));
        outer.Dispose();
        Assert.True(kept.IsInvalid);
    }

    [Fact]
    public void DetachFromDisposeScope_OfATensor_LeavesItToItsHolder()
    {
        Tensor kept;
        using (NewDisposeScope())
            kept = ones(2).DetachFromDisposeScope();

        Assert.False(kept.IsInvalid);
        kept.Dispose();
        Assert.True(kept.IsInvalid);
    }

    [Fact]
    public void DisposeEverythingBut_SomeTensor_KeepsThatOne()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (ones(1), ones(1));

        scope.DisposeEverythingBut(b);

        Assert.True(a.IsInvalid);
        Assert.False(b.IsInvalid);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void Dispose_OfATensorByHand_TakesItOutOfItsScope()
    {
        using var scope = NewDisposeScope();
        var a = ones(1);

        a.Dispose();

        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void Parameter_MadeInAScope_TakesTheTensorsPlace()
    {
        using var scope = NewDisposeScope();
        var data = ones(1);

        var parameter = new Parameter(data);

        Assert.True(data.IsInvalid);
        Assert.False(scope.Contains(data));
        Assert.True(scope.Contains(parameter));
    }

    [Fact]
    public void Linear_MadeInAScope_KeepsItsParameters()
    {
        nn.Module layer;
        using (NewDisposeScope())
            layer = nn.Linear(2, 3);

        Assert.Equal(["weight", "bias"], layer.named_parameters().Select(p => p.name));
        layer.Dispose();
    }

    [Fact]
    public void Lstm_MadeInAScope_LosesItsParametersWithIt()
    {
        nn.Module layer;
        using (NewDisposeScope())
        {
            layer = nn.LSTM(2, 3);
            Assert.Equal(4, layer.named_parameters().Count());
        }

        Assert.Empty(layer.named_parameters());
        layer.Dispose();
    }

    [Fact]
    public void Scopes_OfTwoThreads_AreApart()
    {
        using var scope = NewDisposeScope();
        Tensor? other = null;

        var thread = new Thread(() => other = ones(1));
        thread.Start();
        thread.Join();

        Assert.False(scope.Contains(other!));
        other!.Dispose();
    }

    [Fact]
    public void Statistics_OverAScope_CountTensorsMadeAndDisposed()
    {
        var statistics = DisposeScopeManager.Statistics;
        statistics.Reset();

        using (NewDisposeScope())
        {
            _ = ones(1) + 1;
            Assert.Equal(2, statistics.ThreadTotalLiveCount);
            _ = ones(1).DetachFromDisposeScope();
        }

        Assert.Equal(3, statistics.CreatedInScopeCount);
        Assert.Equal(2, statistics.DisposedInScopeCount);
        Assert.Equal(1, statistics.DetachedFromScopeCount);
        Assert.Equal(1, statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void TotalCount_AfterManySteps_IsAsBefore()
    {
        // Finalizers of what other tests left behind would change the count meanwhile.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;

        for (var step = 0; step < 10; step++)
        {
            using var scope = NewDisposeScope();
            var x = ones(3, 3, requires_grad: true);
            x.mm(x).sigmoid().sum().backward();
            _ = x.grad;
        }

        Assert.Equal(before, Tensor.TotalCount);
        Assert.True(Tensor.PeakCount > before);
    }

    [Fact]
    public void Finalizer_OfAForgottenTensor_FreesIt()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;

        Forget();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(before, Tensor.TotalCount);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Forget() => _ = ones(10);
}
