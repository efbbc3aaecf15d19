using DistSeq2Seq.Model.Data;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Stepping;

/// <summary>
/// The hypotheses of a batch in one model or several. With several models, the probability of a token is the mean of the models'
/// probabilities (Sutskever et al. 2014, section 3.6), and its attention the mean over the models that have attention.
/// </summary>
internal sealed class EnsembleRows : IDisposable
{
    private readonly HypothesisRows[] _members;
    private readonly bool _withAttention;
    private int _sentences;

    /// <summary>Reads sources; each has one hypothesis, the empty one.</summary>
    /// <param name="models">In evaluation mode, at least one; all with the same vocabularies.</param>
    /// <param name="sources">Token ids, the longest first.</param>
    /// <param name="withAttention">Whether steps return their attention; at least one model must have some.</param>
    public EnsembleRows(IReadOnlyList<Seq2SeqModel> models, IReadOnlyList<int[]> sources, bool withAttention)
    {
        (_withAttention, _sentences) = (withAttention, sources.Count);
        _members = [.. models.Select(model => new HypothesisRows(model, sources))];
    }

    /// <summary>Appends a token to every hypothesis and finds the tokens that can follow.</summary>
    /// <param name="tokens">[K·B].</param>
    /// <param name="count">Candidates wanted of each row.</param>
    /// <param name="forced">[K·B], tokens whose probability is wanted in any case; null for none.</param>
    public StepCandidates Step(long[] tokens, int count, long[]? forced = null)
    {
        using var scope = NewDisposeScope();
        var outputs = Array.ConvertAll(_members, member => member.Advance(tokens));
        var logits = outputs.Length == 1 ? outputs[0].Logits : MeanProbability(outputs.Select(o => o.Logits)); // [K·B, V]
        var perRow = (int)Math.Min(count, logits.shape[1]);
        var top = TopTokens.Of(logits, perRow); // [K·B, M]
        return new StepCandidates(_sentences, perRow, top.LogProbabilities, top.Tokens,
            top.LogProbabilitiesOf(logits.narrow(1, Vocabulary.End, 1)))
        {
            ForcedLogProbabilities = forced is null ? null : top.LogProbabilitiesOf(logits.gather(1, tensor(forced).view(-1, 1))),
            Weights = _withAttention ? MeanAttention([.. outputs.Select(o => o.Weights).OfType<Tensor>()]).data<float>().ToArray() : null,
        };
    }

    /// <summary>Replaces the hypotheses by others.</summary>
    /// <param name="rows">[K'·B'], the row that each new row continues.</param>
    /// <param name="sentences">The sentences that stay, in order; null when all do.</param>
    public void Select(long[] rows, long[]? sentences)
    {
        foreach (var member in _members)
            member.Select(rows, sentences);
        _sentences = sentences?.Length ?? _sentences;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var member in _members)
            member.Dispose();
    }

    /// <summary>The logarithm of the mean of the models' probabilities, up to a constant that is the same for all tokens.</summary>
    private static Tensor MeanProbability(IEnumerable<Tensor> logits) =>
        stack([.. logits.Select(each => each.log_softmax(1))]).logsumexp(0);

    private static Tensor MeanAttention(Tensor[] weights) => weights.Length == 1 ? weights[0] : stack(weights).mean([0]);
}
