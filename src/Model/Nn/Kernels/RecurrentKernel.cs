using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Kernels;

/// <summary>
/// One direction of one recurrent layer. Arguments: input [T, B, I], weights [G·H, I] and [G·H, H], biases [G·H] each, first hidden
/// states [B, H], and for LSTM first cell states [B, H]. Results: output [T, B, H], last hidden and, for LSTM, last cell states [B, H].
/// </summary>
/// <param name="sequence">Time steps and direction.</param>
/// <param name="isLstm">Whether the layer is LSTM; else GRU.</param>
internal sealed unsafe partial class RecurrentKernel(Recurrence sequence, bool isLstm) : Kernel
{
    private const int X = 0, InputWeights = 1, HiddenWeights = 2, InputBias = 3, HiddenBias = 4, FirstHidden = 5, FirstCell = 6;

    /// <summary><c>DS2S_RECURRENT_KEPT</c>: floats for each packed row and unit.</summary>
    private const int KeptWidth = 6;

    private int Gates => isLstm ? 4 : 3;

    private int ArgumentCount => isLstm ? 7 : 6;

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor> Forward(IReadOnlyList<Tensor> arguments, List<Tensor>? saved)
    {
        using var memory = new TensorMemory();
        var layer = Layer(memory, arguments);
        var output = memory.New(out var toOutput, layer.Sequence.Length, layer.Sequence.Batch, layer.Hidden);
        var hidden = memory.New(out var toHidden, layer.Sequence.Batch, layer.Hidden);
        var cell = memory.New(isLstm, out var toCell, layer.Sequence.Batch, layer.Hidden);
        saved?.AddRange(arguments);
        saved?.Add(output.detach());
        var kept = NewSaved(memory, saved, KeptWidth * sequence.PackedRows * layer.Hidden);
        fixed (long* rows = sequence.ActiveRows)
        {
            layer.Sequence.BatchSizes = rows;
            FusedKernels.Check(isLstm
                ? ds2s_lstm_forward(&layer, toOutput, toHidden, toCell, kept)
                : ds2s_gru_forward(&layer, toOutput, toHidden, kept));
        }

        return cell is null ? [output, hidden] : [output, hidden, cell];
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor?> Backward(IReadOnlyList<Tensor> saved, IReadOnlyList<Tensor> gradients,
        IReadOnlyList<bool> wanted)
    {
        using var memory = new TensorMemory();
        var layer = Layer(memory, saved);
        var (length, batch, hidden, inputs) = (layer.Sequence.Length, layer.Sequence.Batch, layer.Hidden, layer.Inputs);
        var (output, kept) = (saved[ArgumentCount], saved[ArgumentCount + 1]);
        var found = new Tensor?[ArgumentCount];
        var all = new RecurrentGradients
        {
            Output = memory.Floats("the output's gradient", gradients[0], length, batch, hidden),
            LastHidden = memory.Floats("the last hidden state's gradient", gradients[1], batch, hidden),
            LastCell = isLstm ? memory.Floats("the last cell state's gradient", gradients[2], batch, hidden) : null,
        };
        found[X] = memory.New(wanted[X], out all.X, length, batch, inputs);
        found[InputWeights] = memory.New(wanted[InputWeights], out all.InputWeights, Gates * hidden, inputs);
        found[HiddenWeights] = memory.New(wanted[HiddenWeights], out all.HiddenWeights, Gates * hidden, hidden);
        found[InputBias] = memory.New(wanted[InputBias], out all.InputBias, Gates * hidden);
        found[HiddenBias] = memory.New(wanted[HiddenBias], out all.HiddenBias, Gates * hidden);
        found[FirstHidden] = memory.New(wanted[FirstHidden], out all.FirstHidden, batch, hidden);
        if (isLstm)
            found[FirstCell] = memory.New(wanted[FirstCell], out all.FirstCell, batch, hidden);
        var fromOutput = memory.Floats("the output", output, length, batch, hidden);
        var fromKept = memory.Floats("what forward left", kept, KeptWidth * sequence.PackedRows * hidden);
        fixed (long* rows = sequence.ActiveRows)
        {
            layer.Sequence.BatchSizes = rows;
            FusedKernels.Check(isLstm
                ? ds2s_lstm_backward(&layer, fromOutput, fromKept, &all)
                : ds2s_gru_backward(&layer, fromOutput, fromKept, &all));
        }

        return found;
    }

    private RecurrentLayer Layer(TensorMemory memory, IReadOnlyList<Tensor> arguments)
    {
        var layer = RecurrentLayer.Of(memory, sequence, Gates, new LayerTensors(
            arguments[X], arguments[InputBias], arguments[HiddenBias], arguments[FirstHidden], isLstm ? arguments[FirstCell] : null));
        layer.Take(memory, Gates, arguments[InputWeights], arguments[HiddenWeights]);
        return layer;
    }

    [LibraryImport(FusedKernels.Library)]
    private static partial int ds2s_lstm_forward(RecurrentLayer* layer, float* output, float* hn, float* cn, float* kept);

    [LibraryImport(FusedKernels.Library)]
    private static partial int ds2s_lstm_backward(RecurrentLayer* layer, float* output, float* kept, RecurrentGradients* gradients);

    [LibraryImport(FusedKernels.Library)]
    private static partial int ds2s_gru_forward(RecurrentLayer* layer, float* output, float* hn, float* kept);

    [LibraryImport(FusedKernels.Library)]
    private static partial int ds2s_gru_backward(RecurrentLayer* layer, float* output, float* kept, RecurrentGradients* gradients);
}
