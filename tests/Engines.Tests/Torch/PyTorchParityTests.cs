using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using Rnn = TorchSharp.torch.nn.utils.rnn;

namespace DistSeq2Seq.Engines.Tests.Torch;

/// <summary>The same numbers as PyTorch, forward and backward.</summary>
public sealed class PyTorchParityTests : ScopedTorchTest
{
    [Fact]
    public void Lstm_OverUnsortedPackedSequences_MatchesPyTorch()
    {
        var fixture = new Fixtures("lstm");
        using var lstm = nn.LSTM(3, 2, numLayers: 2, bidirectional: true);
        Load(lstm, fixture);
        var (x, h0, c0) = (fixture.Leaf("x"), fixture.Leaf("state0"), fixture.Leaf("state1"));

        var packed = Rnn.pack_padded_sequence(x, fixture.Get("lengths", ScalarType.Int64), enforce_sorted: false);
        var (output, hn, cn) = lstm.call(packed, (h0, c0));
        var (padded, lengths) = Rnn.pad_packed_sequence(output);
        (padded.square().sum() + hn.sin().sum() + cn.sin().sum()).backward();

        fixture.AssertMatches("padded", padded);
        fixture.AssertMatches("last0", hn);
        fixture.AssertMatches("last1", cn);
        fixture.AssertMatches("grad.x", x.grad);
        foreach (var (name, parameter) in lstm.named_parameters())
            fixture.AssertMatches($"grad.{name}", parameter.grad);
        Assert.Equal([2, 4, 3], lengths.data<long>().ToArray());
    }

    [Fact]
    public void Gru_OverUnsortedPackedSequences_MatchesPyTorch()
    {
        var fixture = new Fixtures("gru");
        using var gru = nn.GRU(3, 2, numLayers: 2, bidirectional: true);
        Load(gru, fixture);
        var (x, h0) = (fixture.Leaf("x"), fixture.Leaf("state0"));

        var packed = Rnn.pack_padded_sequence(x, fixture.Get("lengths", ScalarType.Int64), enforce_sorted: false);
        var (output, hn) = gru.call(packed, h0);
        var (padded, _) = Rnn.pad_packed_sequence(output);
        (padded.square().sum() + hn.sin().sum()).backward();

        fixture.AssertMatches("padded", padded);
        fixture.AssertMatches("last0", hn);
        fixture.AssertMatches("grad.x", x.grad);
        foreach (var (name, parameter) in gru.named_parameters())
            fixture.AssertMatches($"grad.{name}", parameter.grad);
    }

    [Fact]
    public void CrossEntropy_WithSmoothingAndIgnoredTargets_MatchesPyTorch()
    {
        var fixture = new Fixtures("cross_entropy");
        var logits = fixture.Leaf("logits");
        var target = fixture.Get("target", ScalarType.Int64);

        var loss = nn.functional.cross_entropy(
            logits, target, ignore_index: -100, reduction: nn.Reduction.Sum, label_smoothing: 0.1);
        loss.backward();

        fixture.AssertMatches("loss", loss);
        fixture.AssertMatches("grad", logits.grad);
        fixture.AssertMatches("mean", nn.functional.cross_entropy(logits, target));
        fixture.AssertMatches("mean", nn.functional.nll_loss(nn.functional.log_softmax(logits, 1), target));
    }

    [Fact]
    public void MaskedAttention_ForwardAndBackward_MatchesPyTorch()
    {
        var fixture = new Fixtures("attention");
        var (query, keys) = (fixture.Leaf("query"), fixture.Leaf("keys"));

        var scores = query.bmm(keys.transpose(1, 2)).masked_fill(fixture.Get("mask", ScalarType.Bool),
            float.NegativeInfinity);
        var context = bmm(scores.softmax(-1), keys);
        context.tanh().sum().backward();

        fixture.AssertMatches("context", context);
        fixture.AssertMatches("grad.query", query.grad);
        fixture.AssertMatches("grad.keys", keys.grad);
    }

    [Fact]
    public void PointwiseAndReductions_ForwardAndBackward_MatchPyTorch()
    {
        var fixture = new Fixtures("pointwise");
        var x = fixture.Leaf("x");

        var y = (x.sigmoid() * x.tanh() + x.exp()) / (x.abs() + 2);
        var z = y.logsumexp(1).pow(2).sum() + y.cumsum(0)[2].sum() + y.norm();
        z.backward();

        fixture.AssertMatches("y", y);
        fixture.AssertMatches("z", z);
        fixture.AssertMatches("grad", x.grad);
    }

    [Fact]
    public void AdamStep_WithInPlaceOperations_MatchesPyTorch()
    {
        var fixture = new Fixtures("adam_step");
        var (p, g) = (fixture.Get("p"), fixture.Get("g"));
        var (m, v) = (zeros_like(p), zeros_like(p));

        m.mul_(0.9).add_(g, 0.1);
        v.mul_(0.98).addcmul_(g, g, 0.02);
        p.addcdiv_(m / 0.1, (v / 0.02).sqrt_().add_(1e-8), -0.01);

        fixture.AssertMatches("m", m);
        fixture.AssertMatches("v", v);
        fixture.AssertMatches("after", p);
    }

    [Fact]
    public void ManualSeed_OnTheCpu_GivesPyTorchsNumbers()
    {
        var fixture = new Fixtures("seed");

        manual_seed(7);

        fixture.AssertMatches("uniform", empty(8).uniform_(-1, 1));
        fixture.AssertMatches("normal", empty(20).normal_());
        fixture.AssertMatches("rand", rand(3, 3));
    }

    private static void Load(nn.Module module, Fixtures fixture)
    {
        var source = fixture.NamesUnder("weight.").ToDictionary(name => name, name => fixture.Get($"weight.{name}"));
        module.load_state_dict(source);
    }
}
