using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Engines.Tests.Torch;

public sealed class RandomTests : ScopedTorchTest
{
    [Fact]
    public void ManualSeed_Twice_GivesTheSameNumbers()
    {
        manual_seed(11);
        var first = Draw();
        manual_seed(11);
        var second = Draw();

        Assert.Equal(first, second);
        Assert.NotEqual(first, Draw());
        Assert.Equal(11, initial_seed());
    }

    [Fact]
    public void RngState_PutBack_RepeatsTheNumbers()
    {
        manual_seed(5);
        _ = randn(3);
        var state = get_rng_state();
        var first = Draw();

        set_rng_state(state);

        Assert.Equal(first, Draw());
    }

    [Fact]
    public void Generator_OfItsOwn_LeavesTheDefaultOneAlone()
    {
        manual_seed(5);
        var expected = rand(4).data<float>().ToArray();
        manual_seed(5);

        using var own = new Generator(9);
        var first = empty(4).uniform_(0, 1, own).data<float>().ToArray();
        own.manual_seed(9);

        Assert.Equal(first, empty(4).uniform_(0, 1, own).data<float>().ToArray());
        Assert.Equal(expected, rand(4).data<float>().ToArray());
    }

    [Fact]
    public void Fillers_OfManyElements_HaveTheirMoments()
    {
        manual_seed(1);
        Assert.InRange(empty(10000).uniform_(2, 4).mean().ToDouble(), 2.9, 3.1);
        Assert.InRange(empty(10000).normal_(1, 2).std().ToDouble(), 1.9, 2.1);
        Assert.InRange(empty(10000).bernoulli_(0.3).mean().ToDouble(), 0.27, 0.33);
        Assert.Equal([1L, 1, 1], tensor(new[] { 0f, 1f }).multinomial(3, replacement: true).data<long>().ToArray());
    }

    [Fact]
    public void Init_OfParameters_FillsThemWithinTheirBounds()
    {
        var p = nn.Parameter(empty(30, 20));

        nn.init.xavier_uniform_(p);
        var bound = Math.Sqrt(6.0 / 50);
        Assert.InRange(p.abs().max().ToDouble(), 0.9 * bound, bound);

        nn.init.orthogonal_(p);
        Assert.True(p.t().mm(p).allclose(Identity(20), atol: 1e-5));

        nn.init.constant_(p, 3);
        Assert.True(p.Equals(full_like(p, 3)));
        nn.init.zeros_(p);
        Assert.Equal(0, p.abs().sum().ToDouble());
        Assert.True(p.requires_grad);
        Assert.True(p.is_leaf);
    }

    [Fact]
    public void SetNumThreads_ToOne_IsRemembered()
    {
        var before = get_num_threads();
        set_num_threads(1);

        Assert.Equal(1, get_num_threads());
        set_num_threads(before);
    }

    private static float[] Draw() => [.. randn(20).data<float>().ToArray(), .. rand(3).data<float>().ToArray()];

    private static Tensor Identity(int size)
    {
        var result = zeros(size, size);
        for (var i = 0; i < size; i++)
            result[i, i] = tensor(1f);
        return result;
    }
}
