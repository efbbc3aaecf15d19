using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>The shape of a stack of recurrent layers and the names of its weights, in libtorch's order.</summary>
/// <param name="Mode">cuDNN's number of the kind: 2 LSTM, 3 GRU.</param>
/// <param name="Gates">Gates stacked in each weight: 4 LSTM, 3 GRU.</param>
internal sealed record RecurrentWeights(
    int Mode, int Gates, long Input, long Hidden, long Layers, bool Bias, bool BatchFirst, double Dropout,
    bool Bidirectional)
{
    internal long Directions => Bidirectional ? 2 : 1;

    /// <summary>weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_ih_l0_reverse…</summary>
    internal IEnumerable<(string name, long[] shape)> Named()
    {
        for (var layer = 0L; layer < Layers; layer++)
        {
            for (var direction = 0; direction < Directions; direction++)
            {
                var suffix = $"l{layer}" + (direction == 1 ? "_reverse" : "");
                var input = layer == 0 ? Input : Hidden * Directions;
                yield return ($"weight_ih_{suffix}", [Gates * Hidden, input]);
                yield return ($"weight_hh_{suffix}", [Gates * Hidden, Hidden]);
                if (!Bias)
                    continue;
                yield return ($"bias_ih_{suffix}", [Gates * Hidden]);
                yield return ($"bias_hh_{suffix}", [Gates * Hidden]);
            }
        }
    }

    /// <summary>New weights, uniform within ±1/√hidden.</summary>
    internal IEnumerable<(string name, Parameter weight)> Create(Device? device, ScalarType? dtype)
    {
        var bound = 1 / Math.Sqrt(Hidden);
        foreach (var (name, shape) in Named())
        {
            var weight = new Parameter(shape, dtype, device);
            nn.init.uniform_(weight, -bound, bound);
            yield return (name, weight);
        }
    }

    /// <summary>(layers × directions, batch, hidden) zeros like the data.</summary>
    internal Tensor InitialState(Tensor data, long batch) =>
        zeros(Layers * Directions, batch, Hidden, data.dtype, data.device);

    internal long BatchOf(Tensor input) => input.shape[BatchFirst ? 0 : 1];

    /// <summary>Puts weights on a CUDA device into cuDNN's one chunk; nothing elsewhere.</summary>
    internal void Flatten(nint[] weights) => Native.NativeMethods.dsq_flatten_rnn(
        weights, weights.Length, Bias ? 4 : 2, Input, Mode, Hidden, Layers, BatchFirst, Bidirectional);
}
