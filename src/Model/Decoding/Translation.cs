namespace DistSeq2Seq.Model.Decoding;

/// <summary>One way to translate a sentence.</summary>
/// <param name="Text">The sentence, joined from its tokens.</param>
/// <param name="Tokens">Token ids of the target vocabulary, without the end token.</param>
/// <param name="Score">
/// The score by which hypotheses are compared: log probability divided by the length penalty, plus the coverage penalty.
/// </param>
/// <param name="LogProbability">Natural logarithm of the probability given the source, the end token's included.</param>
public sealed record Hypothesis(string Text, IReadOnlyList<int> Tokens, double Score, double LogProbability)
{
    /// <summary>Attention weights; null where they were not requested, and for a source without tokens.</summary>
    public AttentionMatrix? Attention { get; init; }
}

/// <summary>Attention weights of a model while it produced a translation.</summary>
/// <param name="Source">Source tokens, the end token last: the columns.</param>
/// <param name="Target">Target tokens, the end token last: the rows.</param>
/// <param name="Weights">A row for each target token, 0 to 1; each sums to 1 within rounding.</param>
public sealed record AttentionMatrix(IReadOnlyList<string> Source, IReadOnlyList<string> Target,
    IReadOnlyList<IReadOnlyList<float>> Weights);

/// <summary>The translations of one sentence.</summary>
/// <param name="Hypotheses">
/// The best ones, best first: at least one, and fewer than were asked for only where the search found no more. A sentence without
/// tokens has one translation, of probability 1: empty, or the prefix alone.
/// </param>
public sealed record Translation(IReadOnlyList<Hypothesis> Hypotheses)
{
    /// <summary>The best one's sentence.</summary>
    public string Text => Hypotheses[0].Text;
}
