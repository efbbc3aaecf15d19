using System.Runtime.InteropServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>The kernels of decoding: packed weights and the likeliest tokens.</summary>
internal static unsafe partial class FusedKernels
{
    /// <summary>One time step of an LSTM layer with packed weights; see <see cref="LstmLayer.Run"/>.</summary>
    /// <param name="input">[B, I].</param>
    /// <param name="inputWeights">Of the input.</param>
    /// <param name="hiddenWeights">Of the state.</param>
    /// <param name="weights">The layer, for its biases.</param>
    /// <param name="hidden">[B, H].</param>
    /// <param name="cell">[B, H].</param>
    /// <returns>The states after, [B, H] each.</returns>
    public static (Tensor Hidden, Tensor Cell) LstmCell(
        Tensor input, PackedWeight inputWeights, PackedWeight hiddenWeights, LayerWeights weights, Tensor hidden, Tensor cell)
    {
        nint nextHidden, nextCell;
        Check(ds2s_lstm_cell(inputWeights, hiddenWeights, weights.InputBias.Handle, weights.HiddenBias.Handle,
            input.Handle, hidden.Handle, cell.Handle, &nextHidden, &nextCell));
        return (Tensor.UnsafeCreateTensor(nextHidden), Tensor.UnsafeCreateTensor(nextCell));
    }

    /// <summary>The highest logits of each row, and the logarithm of the sum of all exponentials.</summary>
    /// <param name="logits">[N, V].</param>
    /// <param name="values">[N, count], the highest first.</param>
    /// <param name="indices">[N, count], the first of equals before the others.</param>
    /// <param name="logSums">[N].</param>
    public static void TopLogits(Tensor logits, float[] values, long[] indices, float[] logSums)
    {
        using var rows = logits.contiguous();
        fixed (float* value = values, logSum = logSums)
        fixed (long* index = indices)
            Check(ds2s_top_logits(rows.Handle, values.Length / logSums.Length, value, index, logSum));
    }

    /// <summary>A handle for <see cref="PackedWeight"/>.</summary>
    internal static nint NewPackedWeight(Parameter weight)
    {
        nint packed;
        Check(ds2s_packed_weight_new(weight.Handle, &packed));
        return packed;
    }

    /// <summary>Frees a handle of <see cref="NewPackedWeight"/>.</summary>
    internal static void FreePackedWeight(nint packed) => ds2s_packed_weight_free(packed);

    /// <summary>See <see cref="PackedWeight.Apply"/>.</summary>
    internal static Tensor PackedLinear(PackedWeight weight, Tensor? bias, Tensor rows)
    {
        nint result;
        Check(ds2s_packed_linear(weight, bias?.Handle ?? 0, rows.Handle, &result));
        return Tensor.UnsafeCreateTensor(result);
    }

    [LibraryImport(Library)]
    private static partial int ds2s_packed_weight_new(nint weight, nint* packed);

    [LibraryImport(Library)]
    private static partial void ds2s_packed_weight_free(nint packed);

    [LibraryImport(Library)]
    private static partial int ds2s_packed_linear(PackedWeight packed, nint bias, nint x, nint* result);

    [LibraryImport(Library)]
    private static partial int ds2s_lstm_cell(PackedWeight inputWeights, PackedWeight hiddenWeights, nint inputBias, nint hiddenBias,
        nint x, nint h, nint c, nint* nextHidden, nint* nextCell);

    [LibraryImport(Library)]
    private static partial int ds2s_top_logits(nint logits, long wanted, float* values, long* indices, float* logSums);
}
