namespace DistSeq2Seq.Model.Decoding;

/// <summary>One way to translate a sentence.</summary>
/// <param name="Text">The sentence, joined from its tokens.</param>
/// <param name="Tokens">Token ids of the target vocabulary, without the end token.</param>
/// <param name="Score">Log probability divided by the length penalty: what hypotheses are compared by.</param>
/// <param name="LogProbability">Natural logarithm of the probability given the source, the end token's included.</param>
public sealed record Hypothesis(string Text, IReadOnlyList<int> Tokens, double Score, double LogProbability);

/// <summary>The translations of one sentence.</summary>
/// <param name="Hypotheses">
/// The best ones, best first: at least one, and fewer than were asked for only where the search found no more. A sentence without
/// tokens has one empty translation, of probability 1.
/// </param>
public sealed record Translation(IReadOnlyList<Hypothesis> Hypotheses)
{
    /// <summary>The best one's sentence.</summary>
    public string Text => Hypotheses[0].Text;
}
