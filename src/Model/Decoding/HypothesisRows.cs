using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Nn;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>
/// The tensors of a batch in decoding: the state of K hypotheses for each of B sentences, row k × B + b being hypothesis k of
/// sentence b, and each source once.
/// </summary>
internal sealed class HypothesisRows : IDisposable
{
    private readonly Seq2SeqModel _model;
    private DecoderState _state;
    private AttentionMemory? _memory;
    private int _sentences;

    /// <summary>Reads sources; each has one hypothesis, the empty one.</summary>
    /// <param name="model">In evaluation mode.</param>
    /// <param name="sources">Token ids, the longest first.</param>
    public HypothesisRows(Seq2SeqModel model, IReadOnlyList<int[]> sources)
    {
        _model = model;
        _sentences = sources.Count;
        using var scope = NewDisposeScope();
        var arrays = new MicroBatchArrays();
        arrays.FillSources(sources);
        (_state, _memory) = model.Encode(arrays);
        Keep(_state);
        Keep(_memory);
    }

    /// <summary>Appends a token to every hypothesis and looks at what can follow.</summary>
    /// <param name="tokens">[K·B].</param>
    /// <param name="count">Candidates wanted of each row.</param>
    public StepCandidates Step(long[] tokens, int count)
    {
        using var scope = NewDisposeScope();
        var (logits, next, _) = _model.Step(tokens, _state, _memory); // [K·B, V]
        Release(_state);
        Keep(_state = next);
        var normalizers = logits.logsumexp(1, keepdim: true); // [K·B, 1]
        var perRow = (int)Math.Min(count, logits.shape[1]);
        var (values, indexes) = logits.topk(perRow, 1); // [K·B, M]
        return new StepCandidates(
            _sentences,
            perRow,
            (values - normalizers).data<float>().ToArray(),
            indexes.data<long>().ToArray(),
            (logits.narrow(1, Vocabulary.End, 1) - normalizers).data<float>().ToArray());
    }

    /// <summary>Goes on with other hypotheses.</summary>
    /// <param name="rows">[K'·B'], the row that each new row continues.</param>
    /// <param name="sentences">The sentences that stay, in order; null when all do.</param>
    public void Select(long[] rows, long[]? sentences)
    {
        using var scope = NewDisposeScope();
        var state = _state.Select(tensor(rows));
        Release(_state);
        Keep(_state = state);
        if (sentences is null)
            return;
        _sentences = sentences.Length;
        if (_memory is not { } memory)
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
