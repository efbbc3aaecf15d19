using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Nn.Attention;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Stepping;

/// <summary>
/// The tensors of a batch in one model's decoding: the state of K hypotheses for each of B sentences, row k × B + b being hypothesis k of
/// sentence b, and each source once.
/// </summary>
internal sealed class HypothesisRows : IDisposable
{
    private readonly Seq2SeqModel _model;
    private DecoderState _state;
    private AttentionMemory? _memory;

    /// <summary>Reads sources; each has one hypothesis, the empty one.</summary>
    /// <param name="model">In evaluation mode.</param>
    /// <param name="sources">Token ids, the longest first.</param>
    public HypothesisRows(Seq2SeqModel model, IReadOnlyList<int[]> sources)
    {
        _model = model;
        using var scope = NewDisposeScope();
        var arrays = new MicroBatchArrays();
        arrays.FillSources(sources);
        (_state, _memory) = model.Encode(arrays);
        Keep(_state);
        Keep(_memory);
    }

    /// <summary>Appends a token to every hypothesis.</summary>
    /// <param name="tokens">[K·B].</param>
    /// <returns>Logits of the next token, [K·B, V], and the attention, [K·B, S], if the model has one; both in the caller's
    /// scope.</returns>
    public (Tensor Logits, Tensor? Weights) Advance(long[] tokens)
    {
        var (logits, next, weights) = _model.Step(tokens, _state, _memory);
        Release(_state);
        Keep(_state = next);
        return (logits, weights);
    }

    /// <summary>Replaces the hypotheses by others.</summary>
    /// <param name="rows">[K'·B'], the row that each new row continues.</param>
    /// <param name="sentences">The sentences that stay, in order; null when all do.</param>
    public void Select(long[] rows, long[]? sentences)
    {
        using var scope = NewDisposeScope();
        var state = _state.Select(tensor(rows));
        Release(_state);
        Keep(_state = state);
        if (sentences is null || _memory is not { } memory)
            return;
        var rest = memory.Select(tensor(sentences));
        Release(memory);
        Keep(_memory = rest);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release(_state);
        if (_memory is { } memory)
            Release(memory);
    }

    private static void Keep(DecoderState state)
    {
        foreach (var tensor in state.Tensors)
            tensor.DetachFromDisposeScope();
    }

    private static void Keep(AttentionMemory? memory)
    {
        memory?.Keys.DetachFromDisposeScope();
        memory?.Values.DetachFromDisposeScope();
        memory?.Padding.DetachFromDisposeScope();
    }

    private static void Release(DecoderState state)
    {
        foreach (var tensor in state.Tensors)
            tensor.Dispose();
    }

    private static void Release(AttentionMemory memory)
    {
        memory.Keys.Dispose();
        memory.Values.Dispose();
        memory.Padding.Dispose();
    }
}
