using DistSeq2Seq.Model.Nn.Stepping;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>The search for translations of one sentence, step by step; independent of tensors.</summary>
internal interface ISentenceSearch
{
    /// <summary>Live hypotheses: 1 before the first step.</summary>
    int LiveCount { get; }

    /// <summary>Whether the search has ended.</summary>
    bool IsDone { get; }

    /// <summary>Number of most probable tokens that the next step needs; may exceed the vocabulary.</summary>
    int CandidatesNeeded { get; }

    /// <summary>The token that must come next, whatever its probability; negative if any token may.</summary>
    int ForcedToken { get; }

    /// <summary>Which hypothesis of the step before a live one continues.</summary>
    int ParentOf(int live);

    /// <summary>The last token of a live hypothesis.</summary>
    int TokenOf(int live);

    /// <summary>Takes one step.</summary>
    /// <param name="next">What can follow the live hypotheses.</param>
    /// <param name="source">The sentence's number within <paramref name="next"/>.</param>
    void Advance(StepCandidates next, int source);

    /// <summary>What has been found, best first.</summary>
    IReadOnlyList<FoundHypothesis> Results();
}

/// <summary>A finished hypothesis of a search.</summary>
/// <param name="Tokens">Token ids without the end token.</param>
/// <param name="Score">The score by which hypotheses are compared; see <see cref="HypothesisScore"/>.</param>
/// <param name="LogProbability">Log probability of all tokens, the end token included.</param>
/// <param name="Attention">The attention, if it was requested.</param>
internal readonly record struct FoundHypothesis(int[] Tokens, double Score, double LogProbability, AttentionPath? Attention = null);
