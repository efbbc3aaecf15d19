using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Kernels;

/// <summary><c>ds2s_sequence</c>: a right-padded batch.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Sequence
{
    public long Length;
    public long Batch;
    public long* BatchSizes;
    public int Reverse;
}

/// <summary><c>ds2s_recurrent_layer</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RecurrentLayer
{
    public Sequence Sequence;
    public long Inputs;
    public long Hidden;
    public float* X;
    public float* InputWeights;
    public float* HiddenWeights;
    public float* InputBias;
    public float* HiddenBias;
    public float* FirstHidden;
    public float* FirstCell;

    /// <summary>Everything but the weights.</summary>
    /// <param name="memory">Holds the tensors.</param>
    /// <param name="sequence">Time steps and direction.</param>
    /// <param name="gates">4 for LSTM, 3 for GRU.</param>
    /// <param name="tensors">Input [T, B, I], biases [G·H] each, first states [B, H], the cell's null for GRU.</param>
    public static RecurrentLayer Of(TensorMemory memory, Recurrence sequence, int gates, LayerTensors tensors)
    {
        var (shape, hidden) = (tensors.Input.shape, tensors.Hidden.shape[^1]);
        if (shape.Length != 3 || shape[0] != sequence.ActiveRows.Length)
            throw new ArgumentException($"the input has the shape [{string.Join(", ", shape)}], expected "
                + $"[{sequence.ActiveRows.Length}, B, I]", nameof(tensors));
        return new RecurrentLayer
        {
            Sequence = new Sequence { Length = shape[0], Batch = shape[1], Reverse = sequence.Reverse ? 1 : 0 },
            Inputs = shape[2],
            Hidden = hidden,
            X = memory.Floats("the input", tensors.Input, shape),
            InputBias = memory.Floats("the input's bias", tensors.InputBias, gates * hidden),
            HiddenBias = memory.Floats("the state's bias", tensors.HiddenBias, gates * hidden),
            FirstHidden = memory.Floats("the first hidden state", tensors.Hidden, shape[1], hidden),
            FirstCell = tensors.Cell is null ? null : memory.Floats("the first cell state", tensors.Cell, shape[1], hidden),
        };
    }

    /// <summary>Takes the weights, [G·H, I] and [G·H, H].</summary>
    public void Take(TensorMemory memory, int gates, Tensor inputWeights, Tensor hiddenWeights)
    {
        InputWeights = memory.Floats("the input's weight", inputWeights, gates * Hidden, Inputs);
        HiddenWeights = memory.Floats("the state's weight", hiddenWeights, gates * Hidden, Hidden);
    }
}

/// <summary><c>ds2s_recurrent_gradients</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RecurrentGradients
{
    public float* Output;
    public float* LastHidden;
    public float* LastCell;
    public float* X;
    public float* InputWeights;
    public float* HiddenWeights;
    public float* InputBias;
    public float* HiddenBias;
    public float* FirstHidden;
    public float* FirstCell;
}

/// <summary>How a layer runs over time.</summary>
/// <param name="ActiveRows">For each step, how many sentences have not ended.</param>
/// <param name="Reverse">Whether each sentence is read from its end.</param>
internal readonly record struct Recurrence(long[] ActiveRows, bool Reverse)
{
    /// <summary>Rows of all steps that are not padding.</summary>
    public long PackedRows => ActiveRows.Sum();
}

/// <summary>What a recurrent layer reads besides its weights.</summary>
/// <param name="Input">[T, B, I].</param>
/// <param name="InputBias">[G·H].</param>
/// <param name="HiddenBias">[G·H].</param>
/// <param name="Hidden">First hidden states, [B, H].</param>
/// <param name="Cell">First cell states, [B, H]; null for GRU.</param>
internal readonly record struct LayerTensors(Tensor Input, Tensor InputBias, Tensor HiddenBias, Tensor Hidden, Tensor? Cell);
