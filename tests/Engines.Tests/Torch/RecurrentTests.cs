using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using Rnn = TorchSharp.torch.nn.utils.rnn;

namespace DistSeq2Seq.Engines.Tests.Torch;

public sealed class RecurrentTests : ScopedTorchTest
{
    [Fact]
    public void Lstm_OverPackedSequences_EqualsItsEquationsStepByStep()
    {
        manual_seed(3);
        using var lstm = nn.LSTM(3, 4);
        long[] lengths = [5, 3, 2];
        var x = randn(5, 3, 3);

        var (output, hn, cn) = lstm.call(Rnn.pack_padded_sequence(x, tensor(lengths)));
        var (padded, _) = Rnn.pad_packed_sequence(output);

        for (var sequence = 0; sequence < lengths.Length; sequence++)
        {
            var (outputs, h, c) = StepByStep(lstm, x.select(1, sequence).narrow(0, 0, lengths[sequence]));
            Assert.True(padded.select(1, sequence).narrow(0, 0, lengths[sequence]).allclose(outputs, atol: 1e-6));
            Assert.True(hn[0, sequence].allclose(h, atol: 1e-6));
            Assert.True(cn[0, sequence].allclose(c, atol: 1e-6));
        }
        Assert.Equal(0f, padded[4, 2].abs().sum().ToSingle());
    }

    [Fact]
    public void Lstm_OverPackedSequences_TrainsLikePaddedOnesOfFullLength()
    {
        using var lstm = nn.LSTM(2, 3, numLayers: 2);
        var x = randn(4, 2, 2);

        lstm.call(x).Item1.square().sum().backward();
        var plain = lstm.parameters().Select(p => p.grad!.clone()).ToList();
        lstm.zero_grad();
        lstm.call(Rnn.pack_padded_sequence(x, tensor(new[] { 4L, 4L }))).Item1.data.square().sum().backward();

        Assert.All(lstm.parameters().Zip(plain), pair => Assert.True(pair.First.grad!.allclose(pair.Second,
            atol: 1e-5)));
    }

    [Fact]
    public void Lstm_WithBatchFirst_SwapsTheAxesOfInputAndOutput()
    {
        using var lstm = nn.LSTM(2, 3, batchFirst: true);

        var (output, hn, cn) = lstm.call(randn(5, 7, 2), (zeros(1, 5, 3), zeros(1, 5, 3)));

        Assert.Equal([5L, 7, 3], output.shape);
        Assert.Equal([1L, 5, 3], hn.shape);
        Assert.Equal([1L, 5, 3], cn.shape);
    }

    [Fact]
    public void PackPaddedSequence_OfUnsortedLengths_ThrowsUnlessAllowed()
    {
        var (x, lengths) = (randn(3, 2, 1), tensor(new[] { 2L, 3L }));

        Assert.Throws<ExternalException>(() => Rnn.pack_padded_sequence(x, lengths));
        var packed = Rnn.pack_padded_sequence(x, lengths, enforce_sorted: false);

        Assert.Equal([2L, 2, 1], packed.batch_sizes.data<long>().ToArray());
        Assert.Equal([1L, 0], packed.sorted_indices.data<long>().ToArray());
        Assert.Equal([5L, 1], packed.data.shape);
    }

    [Fact]
    public void PadPackedSequence_WithATotalLength_PadsToIt()
    {
        var packed = Rnn.pack_padded_sequence(ones(1, 2, 1), tensor(new[] { 2L }), batch_first: true);

        var (padded, lengths) = Rnn.pad_packed_sequence(packed, batch_first: true, padding_value: -1, total_length: 4);

        Assert.Equal([1f, 1, -1, -1], padded.flatten().data<float>().ToArray());
        Assert.Equal([2L], lengths.data<long>().ToArray());
    }

    [Fact]
    public void PackedSequence_InAScope_IsDisposedWithIt()
    {
        Rnn.PackedSequence packed;
        using (NewDisposeScope())
            packed = Rnn.pack_padded_sequence(ones(2, 1, 1), tensor(new[] { 2L }));

        Assert.True(packed.data.IsInvalid);
        Assert.True(packed.batch_sizes.IsInvalid);
    }

    /// <summary>
    /// One layer, one direction, by the LSTM's equations: outputs (time, hidden) and the last states.
    /// </summary>
    private static (Tensor outputs, Tensor h, Tensor c) StepByStep(nn.Module lstm, Tensor x)
    {
        Tensor Weight(string name) => lstm.get_parameter(name)!;
        var (h, c) = (zeros(4), zeros(4));
        var outputs = new List<Tensor>();
        for (var time = 0; time < x.shape[0]; time++)
        {
            var gates = Weight("weight_ih_l0").mv(x[time]) + Weight("bias_ih_l0")
                + Weight("weight_hh_l0").mv(h) + Weight("bias_hh_l0");
            var parts = gates.chunk(4);
            c = parts[1].sigmoid() * c + parts[0].sigmoid() * parts[2].tanh();
            h = parts[3].sigmoid() * c.tanh();
            outputs.Add(h);
        }
        return (stack(outputs), h, c);
    }
}
