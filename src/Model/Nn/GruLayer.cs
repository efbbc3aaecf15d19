using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>
/// Runs one GRU layer in one direction over sentences of different lengths; padding never counts. With r, z and n for the reset,
/// update and new gates, h' = (1 - z) n + z h and n = tanh(W x + b + r (U h + c)): the reset gate acts after the product, as in
/// <c>torch.nn.GRU</c> (in Cho et al. 2014 it acts before).
/// </summary>
internal static class GruLayer
{
    /// <summary>Runs the layer with the fused kernel where it is built, otherwise with plain tensor operations.</summary>
    /// <param name="input">[T, B, I]; the sentences are sorted by length, longest first.</param>
    /// <param name="activeRows">For each time step, how many sentences have not ended; length T, never increasing.</param>
    /// <param name="weights">The layer, with three gates.</param>
    /// <param name="hidden">[B, H].</param>
    /// <param name="reverse">Read each sentence from its end.</param>
    public static LayerResult Run(Tensor input, long[] activeRows, LayerWeights weights, Tensor hidden, bool reverse) =>
        weights.IsQuantized
            ? RunQuantized(input, activeRows, weights, hidden, reverse)
            : FusedKernels.Supports(input)
            ? FusedKernels.Gru(input, activeRows, weights, hidden, reverse)
            : RunPlain(input, activeRows, weights, hidden, reverse);

    private static LayerResult RunQuantized(Tensor input, long[] activeRows, LayerWeights weights, Tensor hidden, bool reverse) =>
        weights.HasPacked
            ? FusedKernels.Int8Gru(input, activeRows, weights, hidden, reverse)
            : RunPlain(input, activeRows, weights, hidden, reverse);

    /// <summary>The layer as tensor operations, one step at a time.</summary>
    private static LayerResult RunPlain(Tensor input, long[] activeRows, LayerWeights weights, Tensor hidden, bool reverse)
    {
        long steps = input.shape[0], batch = input.shape[1], units = weights.HiddenWeights.shape[1];
        // One product for the inputs of all time steps. [T, B, 3H]
        var fromInput = weights.FromInput(input.reshape(steps * batch, -1), weights.InputBias).view(steps, batch, 3 * units);
        var outputs = new Tensor[steps];
        for (long i = 0; i < steps; i++)
        {
            var time = reverse ? steps - 1 - i : i;
            var rows = activeRows[time];
            var before = hidden.narrow(0, 0, rows); // [rows, H]
            var x = fromInput[time].narrow(0, 0, rows); // [rows, 3H]
            var h = weights.AddFromHidden(weights.HiddenBias, before); // [rows, 3H]
            var gates = x.narrow(1, 0, 2 * units).Plus(h.narrow(1, 0, 2 * units)).sigmoid(); // reset and update
            var reset = gates.narrow(1, 0, units);
            var update = gates.narrow(1, units, units);
            var fresh = x.narrow(1, 2 * units, units).Plus(reset * h.narrow(1, 2 * units, units)).tanh();
            var next = fresh.Plus(update * (before - fresh));
            outputs[time] = rows == batch ? next : cat([next, zeros(batch - rows, units, device: input.device)]);
            // The states of sentences that have ended (or, in reverse, not begun) stay.
            hidden = rows == batch ? next : cat([next, hidden.narrow(0, rows, batch - rows)]);
        }

        return new LayerResult(stack(outputs), hidden, null);
    }
}
