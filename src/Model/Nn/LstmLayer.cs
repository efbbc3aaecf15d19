using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>
/// Runs one LSTM layer (Hochreiter and Schmidhuber 1997, with forget gate) in one direction over sentences of different lengths;
/// padding never counts.
/// </summary>
internal static class LstmLayer
{
    /// <summary>Runs the layer with the fused kernel where it is built, otherwise with plain tensor operations.</summary>
    /// <param name="input">[T, B, I]; the sentences are sorted by length, longest first.</param>
    /// <param name="activeRows">For each time step, how many sentences have not ended; length T, never increasing.</param>
    /// <param name="weights">The layer.</param>
    /// <param name="hidden">[B, H].</param>
    /// <param name="cell">[B, H].</param>
    /// <param name="reverse">Read each sentence from its end.</param>
    public static LayerResult Run(Tensor input, long[] activeRows, LayerWeights weights, Tensor hidden, Tensor cell, bool reverse) =>
        weights.IsQuantized
            ? RunQuantized(input, activeRows, weights, hidden, cell, reverse)
            : FusedKernels.Supports(input)
            ? FusedKernels.Lstm(input, activeRows, weights, hidden, cell, reverse)
            : RunPlain(input, activeRows, weights, hidden, cell, reverse);

    private static LayerResult RunQuantized(Tensor input, long[] activeRows, LayerWeights weights, Tensor hidden, Tensor cell,
        bool reverse) =>
        weights.HasPacked
            ? FusedKernels.Int8Lstm(input, activeRows, weights, hidden, cell, reverse)
            : RunPlain(input, activeRows, weights, hidden, cell, reverse);

    /// <summary>The layer as tensor operations, one step at a time.</summary>
    internal static LayerResult RunPlain(Tensor input, long[] activeRows, LayerWeights weights, Tensor hidden, Tensor cell, bool reverse)
    {
        long steps = input.shape[0], batch = input.shape[1], units = weights.HiddenWeights.shape[1];
        // One product for the inputs of all time steps. [T, B, 4H]
        var fromInput = weights.FromInput(input.reshape(steps * batch, -1), weights.InputBias.Plus(weights.HiddenBias)).view(steps,
            batch, 4 * units);
        var outputs = new Tensor[steps];
        for (long i = 0; i < steps; i++)
        {
            var time = reverse ? steps - 1 - i : i;
            var rows = activeRows[time];
            var gates = weights.AddFromHidden(fromInput[time].narrow(0, 0, rows), hidden.narrow(0, 0, rows)).chunk(4, 1); // 4 × [rows, H]
            var nextCell = (gates[1].sigmoid() * cell.narrow(0, 0, rows)).Plus(gates[0].sigmoid() * gates[2].tanh());
            var nextHidden = gates[3].sigmoid() * nextCell.tanh();
            outputs[time] = rows == batch ? nextHidden : cat([nextHidden, zeros(batch - rows, units, device: input.device)]);
            cell = Replace(cell, nextCell, rows, batch);
            hidden = Replace(hidden, nextHidden, rows, batch);
        }

        return new LayerResult(stack(outputs), hidden, cell);
    }

    /// <summary>The first rows replaced; those of sentences that have ended (or, in reverse, not begun) stay.</summary>
    private static Tensor Replace(Tensor state, Tensor next, long rows, long batch) =>
        rows == batch ? next : cat([next, state.narrow(0, rows, batch - rows)]);
}
