using DistSeq2Seq.Model.Nn.Stepping;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>The search for translations of one sentence, step by step; knows nothing of tensors.</summary>
internal interface ISentenceSearch
{
    /// <summary>Live hypotheses: 1 before the first step.</summary>
    int LiveCount { get; }

    /// <summary>Whether the search has ended.</summary>
    bool IsDone { get; }

    /// <summary>Of how many of the likeliest tokens the next step must know; may exceed the vocabulary.</summary>
    int CandidatesNeeded { get; }

    /// <summary>The token that must come next, whatever the model thinks; negative when the search is free.</summary>
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
/// <param name="Score">What hypotheses are compared by; see <see cref="HypothesisScore"/>.</param>
/// <param name="LogProbability">With the end token's.</param>
/// <param name="Attention">Where the model looked, if that was wanted.</param>
internal readonly record struct FoundHypothesis(int[] Tokens, double Score, double LogProbability, AttentionPath? Attention = null);
