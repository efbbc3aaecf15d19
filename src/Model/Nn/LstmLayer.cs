using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>
/// The weights of one LSTM layer in one direction (Hochreiter and Schmidhuber 1997, with forget gate), in PyTorch's layout: the
/// rows of each matrix are the input, forget, cell and output gates.
/// </summary>
/// <param name="InputWeights">[4H, I].</param>
/// <param name="HiddenWeights">[4H, H].</param>
/// <param name="InputBias">[4H].</param>
/// <param name="HiddenBias">[4H].</param>
internal sealed record LstmWeights(Parameter InputWeights, Parameter HiddenWeights, Parameter InputBias, Parameter HiddenBias);

/// <summary>What one layer gives back.</summary>
/// <param name="Output">[T, B, H]; zero where a sentence has ended.</param>
/// <param name="Hidden">[B, H], after each sentence's last step.</param>
/// <param name="Cell">[B, H], after each sentence's last step.</param>
internal readonly record struct LstmResult(Tensor Output, Tensor Hidden, Tensor Cell);

/// <summary>Runs one LSTM layer in one direction over sentences of different lengths; padding never counts.</summary>
internal static class LstmLayer
{
    /// <summary>Runs the layer with the fused kernel where it is built, otherwise with plain tensor operations.</summary>
    /// <param name="input">[T, B, I]; the sentences are sorted by length, longest first.</param>
    /// <param name="activeRows">For each time step, how many sentences have not ended; length T, never increasing.</param>
    /// <param name="weights">The layer.</param>
    /// <param name="hidden">[B, H].</param>
    /// <param name="cell">[B, H].</param>
    /// <param name="reverse">Read each sentence from its end.</param>
    public static LstmResult Run(Tensor input, long[] activeRows, LstmWeights weights, Tensor hidden, Tensor cell, bool reverse) =>
        FusedKernels.Supports(input)
            ? FusedKernels.Lstm(input, activeRows, weights, hidden, cell, reverse)
            : RunPlain(input, activeRows, weights, hidden, cell, reverse);

    /// <summary>The layer as tensor operations, one step at a time.</summary>
    internal static LstmResult RunPlain(Tensor input, long[] activeRows, LstmWeights weights, Tensor hidden, Tensor cell, bool reverse)
    {
        long steps = input.shape[0], batch = input.shape[1], units = weights.HiddenWeights.shape[1];
        // One product for the inputs of all time steps. [T, B, 4H]
        var fromInput = addmm(weights.InputBias + weights.HiddenBias, input.reshape(steps * batch, -1), weights.InputWeights.t())
            .view(steps, batch, 4 * units);
        var recurrent = weights.HiddenWeights.t(); // [H, 4H]
        var outputs = new Tensor[steps];
        for (long i = 0; i < steps; i++)
        {
            var time = reverse ? steps - 1 - i : i;
            var rows = activeRows[time];
            var gates = addmm(fromInput[time].narrow(0, 0, rows), hidden.narrow(0, 0, rows), recurrent).chunk(4, 1); // 4 × [rows, H]
            var nextCell = (gates[1].sigmoid() * cell.narrow(0, 0, rows)) + (gates[0].sigmoid() * gates[2].tanh());
            var nextHidden = gates[3].sigmoid() * nextCell.tanh();
            outputs[time] = rows == batch ? nextHidden : cat([nextHidden, zeros(batch - rows, units, device: input.device)]);
            cell = Replace(cell, nextCell, rows, batch);
            hidden = Replace(hidden, nextHidden, rows, batch);
        }

        return new LstmResult(stack(outputs), hidden, cell);
    }

    /// <summary>The first rows replaced; those of sentences that have ended (or, in reverse, not begun) stay.</summary>
    private static Tensor Replace(Tensor state, Tensor next, long rows, long batch) =>
        rows == batch ? next : cat([next, state.narrow(0, rows, batch - rows)]);
}
