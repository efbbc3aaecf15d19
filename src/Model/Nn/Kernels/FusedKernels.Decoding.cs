using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Kernels;

/// <summary>The kernels of decoding: packed weights and the likeliest tokens.</summary>
internal static unsafe partial class FusedKernels
{
    /// <summary>One time step of an LSTM layer with packed weights; see <see cref="LstmLayer.Run"/>.</summary>
    /// <param name="input">[B, I].</param>
    /// <param name="inputWeights">Packed weight of the input.</param>
    /// <param name="hiddenWeights">Packed weight of the state.</param>
    /// <param name="weights">The layer, for its biases.</param>
    /// <param name="hidden">[B, H].</param>
    /// <param name="cell">[B, H].</param>
    /// <returns>The states after, [B, H] each.</returns>
    public static (Tensor Hidden, Tensor Cell) LstmCell(
        Tensor input, PackedWeight inputWeights, PackedWeight hiddenWeights, LayerWeights weights, Tensor hidden, Tensor cell)
    {
        using var memory = new TensorMemory();
        var (rows, width, gates) = (input.shape[0], hiddenWeights.Depth, hiddenWeights.Columns);
        var nextHidden = memory.New(out var toHidden, rows, width);
        var nextCell = memory.New(out var toCell, rows, width);
        Check(ds2s_lstm_cell(inputWeights, hiddenWeights,
            memory.Floats("the input's bias", weights.InputBias, gates), memory.Floats("the state's bias", weights.HiddenBias, gates),
            memory.Floats("the input", input, rows, inputWeights.Depth), memory.Floats("the hidden state", hidden, rows, width),
            memory.Floats("the cell state", cell, rows, width), rows, toHidden, toCell));
        return (nextHidden, nextCell);
    }

    /// <summary>The highest logits of each row, and the logarithm of the sum of all exponentials.</summary>
    /// <param name="logits">[N, V].</param>
    /// <param name="values">[N, count], the highest first.</param>
    /// <param name="indices">[N, count], of equal logits the first in the row first.</param>
    /// <param name="logSums">[N].</param>
    public static void TopLogits(Tensor logits, float[] values, long[] indices, float[] logSums)
    {
        using var memory = new TensorMemory();
        var (rows, classes) = (logSums.Length, logits.shape[1]);
        fixed (float* value = values, logSum = logSums)
        fixed (long* index = indices)
            Check(ds2s_top_logits(memory.Floats("the logits", logits, rows, classes), rows, classes, values.Length / rows, value,
                index, logSum));
    }

    /// <summary>A handle for <see cref="PackedWeight"/>.</summary>
    /// <param name="weight">[columns, depth].</param>
    internal static nint NewPackedWeight(Tensor weight)
    {
        using var memory = new TensorMemory();
        var shape = weight.shape;
        nint packed;
        Check(ds2s_packed_weight_new(memory.Floats("the weight", weight, shape[0], shape[1]), shape[0], shape[1], &packed));
        return packed;
    }

    /// <summary>Frees a handle of <see cref="NewPackedWeight"/>.</summary>
    internal static void FreePackedWeight(nint packed) => ds2s_packed_weight_free(packed);

    /// <summary>See <see cref="PackedWeight.Apply"/>.</summary>
    internal static Tensor PackedLinear(PackedWeight weight, Tensor? bias, Tensor rows)
    {
        using var memory = new TensorMemory();
        var count = rows.shape[0];
        var result = memory.New(out var to, count, weight.Columns);
        Check(ds2s_packed_linear(weight, bias is null ? null : memory.Floats("the bias", bias, weight.Columns),
            memory.Floats("what a packed weight multiplies", rows, count, weight.Depth), count, to));
        return result;
    }

    [LibraryImport(Library)]
    private static partial int ds2s_packed_weight_new(float* weight, long columns, long depth, nint* packed);

    [LibraryImport(Library)]
    private static partial void ds2s_packed_weight_free(nint packed);

    [LibraryImport(Library)]
    private static partial int ds2s_packed_linear(PackedWeight packed, float* bias, float* x, long rows, float* result);

    [LibraryImport(Library)]
    private static partial int ds2s_lstm_cell(PackedWeight inputWeights, PackedWeight hiddenWeights, float* inputBias, float* hiddenBias,
        float* x, float* h, float* c, long rows, float* nextHidden, float* nextCell);

    [LibraryImport(Library)]
    private static partial int ds2s_top_logits(float* logits, long rows, long classes, long wanted, float* values, long* indices,
        float* logSums);
}
