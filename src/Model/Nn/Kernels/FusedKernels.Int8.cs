using System.Runtime.InteropServices;
using DistSeq2Seq.Model.Checkpoints.Compression;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Kernels;

/// <summary>The kernels for weights of 8 bits.</summary>
internal static unsafe partial class FusedKernels
{
    /// <summary>The instructions that multiply 8-bit integers, as <c>vnni</c>; null where there are no kernels.</summary>
    public static string? Int8InstructionSet => Handle.Value == 0 ? null : Marshal.PtrToStringUTF8((nint)ds2s_int8_isa());

    /// <summary>A matrix's integers in the order that this processor's products read them, as bytes.</summary>
    public static Tensor Int8Pack(QuantizedMatrix matrix)
    {
        using var memory = new TensorMemory();
        // A matrix that cannot be packed has -1 bytes; packing it then says why.
        var packed = empty(Math.Max(0, ds2s_int8_bytes(matrix.Rows, matrix.Columns)), dtype: ScalarType.Byte);
        fixed (sbyte* integers = matrix.Integers)
            Check(ds2s_int8_pack(integers, matrix.Rows, matrix.Columns, memory.Bytes("the packed integers", packed, packed.shape)));
        return packed;
    }

    /// <summary>See <see cref="QuantizedWeight.Multiply"/>.</summary>
    public static Tensor Int8Linear(Tensor rows, QuantizedWeight weight, Tensor? bias)
    {
        using var memory = new TensorMemory();
        var count = rows.shape[0];
        var packed = new Int8Weight(memory, weight, weight.Rows, weight.Columns);
        var result = memory.New(out var to, count, weight.Rows);
        Check(ds2s_int8_linear(memory.Floats("what a quantized weight multiplies", rows, count, weight.Columns), count, weight.Columns,
            weight.Rows,
            &packed, bias is null ? null : memory.Floats("the bias", bias, weight.Rows), to));
        return result;
    }

    /// <summary>One LSTM layer in one direction whose weights are quantized; see <see cref="LstmLayer.Run"/>.</summary>
    public static LayerResult Int8Lstm(Tensor input, long[] activeRows, LayerWeights weights, Tensor hidden, Tensor cell, bool reverse) =>
        Int8Layer(new(activeRows, reverse), weights, new(input, weights.InputBias, weights.HiddenBias, hidden, cell), gates: 4);

    /// <summary>One GRU layer in one direction whose weights are quantized; see <see cref="GruLayer.Run"/>.</summary>
    public static LayerResult Int8Gru(Tensor input, long[] activeRows, LayerWeights weights, Tensor hidden, bool reverse) =>
        Int8Layer(new(activeRows, reverse), weights, new(input, weights.InputBias, weights.HiddenBias, hidden, null), gates: 3);

    private static LayerResult Int8Layer(Recurrence sequence, LayerWeights weights, LayerTensors tensors, int gates)
    {
        using var memory = new TensorMemory();
        var layer = RecurrentLayer.Of(memory, sequence, gates, tensors);
        var (length, batch, units) = (layer.Sequence.Length, layer.Sequence.Batch, layer.Hidden);
        var ofInput = new Int8Weight(memory, weights.QuantizedInput!, gates * units, layer.Inputs);
        var ofHidden = new Int8Weight(memory, weights.QuantizedHidden!, gates * units, units);
        var output = memory.New(out var toOutput, length, batch, units);
        var lastHidden = memory.New(out var toHidden, batch, units);
        var lastCell = memory.New(tensors.Cell is not null, out var toCell, batch, units);
        fixed (long* rows = sequence.ActiveRows)
        {
            layer.Sequence.BatchSizes = rows;
            Check(tensors.Cell is not null
                ? ds2s_int8_lstm(&layer, &ofInput, &ofHidden, toOutput, toHidden, toCell)
                : ds2s_int8_gru(&layer, &ofInput, &ofHidden, toOutput, toHidden));
        }

        return new LayerResult(output, lastHidden, lastCell);
    }

    [LibraryImport(Library)]
    private static partial byte* ds2s_int8_isa();

    [LibraryImport(Library)]
    private static partial long ds2s_int8_bytes(long rows, long columns);

    [LibraryImport(Library)]
    private static partial int ds2s_int8_pack(sbyte* weight, long rows, long columns, byte* packed);

    [LibraryImport(Library)]
    private static partial int ds2s_int8_linear(float* x, long rows, long depth, long columns, Int8Weight* weight, float* bias,
        float* result);

    [LibraryImport(Library)]
    private static partial int ds2s_int8_lstm(RecurrentLayer* layer, Int8Weight* ofInput, Int8Weight* ofHidden, float* output,
        float* hn, float* cn);

    [LibraryImport(Library)]
    private static partial int ds2s_int8_gru(RecurrentLayer* layer, Int8Weight* ofInput, Int8Weight* ofHidden, float* output, float* hn);

    /// <summary><c>ds2s_int8_weight</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Int8Weight
    {
        public readonly byte* Packed;
        public readonly float* Scales;

        /// <exception cref="ArgumentException">The weight is not [rows, columns].</exception>
        public Int8Weight(TensorMemory memory, QuantizedWeight weight, long rows, long columns)
        {
            if (weight.Rows != rows || weight.Columns != columns)
                throw new ArgumentException($"a quantized weight is [{weight.Rows}, {weight.Columns}], expected [{rows}, {columns}]",
                    nameof(weight));
            Packed = memory.Bytes("the packed integers", weight.Packed!, weight.Packed!.shape);
            Scales = memory.Floats("the scales", weight.Scales, rows);
        }
    }
}
