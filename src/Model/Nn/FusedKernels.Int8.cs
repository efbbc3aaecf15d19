using System.Runtime.InteropServices;
using DistSeq2Seq.Model.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

internal static unsafe partial class FusedKernels
{
    /// <summary>The instructions that multiply 8-bit integers, as <c>vnni</c>; null where there are no kernels.</summary>
    public static string? Int8InstructionSet => Handle.Value == 0 ? null : Marshal.PtrToStringUTF8((nint)ds2s_int8_isa());

    /// <summary>A matrix's integers in the order that this processor's products read them.</summary>
    public static Tensor Int8Pack(QuantizedMatrix matrix)
    {
        nint packed;
        fixed (sbyte* integers = matrix.Integers)
            Check(ds2s_int8_pack(integers, matrix.Rows, matrix.Columns, &packed));
        return Tensor.UnsafeCreateTensor(packed);
    }

    /// <summary>See <see cref="QuantizedWeight.Multiply"/>.</summary>
    public static Tensor Int8Linear(Tensor rows, QuantizedWeight weight, Tensor? bias)
    {
        nint result;
        Check(ds2s_int8_linear(rows.Handle, weight.Packed!.Handle, weight.Scales.Handle, bias?.Handle ?? 0, &result));
        return Tensor.UnsafeCreateTensor(result);
    }

    /// <summary>One LSTM layer in one direction whose weights are quantized; see <see cref="LstmLayer.Run"/>.</summary>
    public static LayerResult Int8Lstm(Tensor input, long[] activeRows, LayerWeights weights, Tensor hidden, Tensor cell, bool reverse)
    {
        nint output, lastHidden, lastCell;
        var layer = new Int8Layer(input, weights, hidden);
        fixed (long* rows = activeRows)
            Check(ds2s_int8_lstm_layer(&layer, rows, cell.Handle, reverse ? 1 : 0, &output, &lastHidden, &lastCell));
        return new LayerResult(Tensor.UnsafeCreateTensor(output), Tensor.UnsafeCreateTensor(lastHidden), Tensor.UnsafeCreateTensor(lastCell));
    }

    /// <summary>One GRU layer in one direction whose weights are quantized; see <see cref="GruLayer.Run"/>.</summary>
    public static LayerResult Int8Gru(Tensor input, long[] activeRows, LayerWeights weights, Tensor hidden, bool reverse)
    {
        nint output, lastHidden;
        var layer = new Int8Layer(input, weights, hidden);
        fixed (long* rows = activeRows)
            Check(ds2s_int8_gru_layer(&layer, rows, reverse ? 1 : 0, &output, &lastHidden));
        return new LayerResult(Tensor.UnsafeCreateTensor(output), Tensor.UnsafeCreateTensor(lastHidden), null);
    }

    [LibraryImport(Library)]
    private static partial byte* ds2s_int8_isa();

    [LibraryImport(Library)]
    private static partial int ds2s_int8_pack(sbyte* weight, long rows, long columns, nint* packed);

    [LibraryImport(Library)]
    private static partial int ds2s_int8_linear(nint x, nint packed, nint scales, nint bias, nint* result);

    [LibraryImport(Library)]
    private static partial int ds2s_int8_lstm_layer(Int8Layer* layer, long* batchSizes, nint c0, int reverse, nint* output, nint* hn, nint* cn);

    [LibraryImport(Library)]
    private static partial int ds2s_int8_gru_layer(Int8Layer* layer, long* batchSizes, int reverse, nint* output, nint* hn);

    /// <summary><c>ds2s_int8_layer</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Int8Layer(Tensor input, LayerWeights weights, Tensor hidden)
    {
        public readonly nint X = input.Handle;
        public readonly nint InputWeights = weights.QuantizedInput!.Packed!.Handle;
        public readonly nint InputScales = weights.QuantizedInput.Scales.Handle;
        public readonly nint HiddenWeights = weights.QuantizedHidden!.Packed!.Handle;
        public readonly nint HiddenScales = weights.QuantizedHidden.Scales.Handle;
        public readonly nint InputBias = weights.InputBias.Handle;
        public readonly nint HiddenBias = weights.HiddenBias.Handle;
        public readonly nint Hidden = hidden.Handle;
    }
}
