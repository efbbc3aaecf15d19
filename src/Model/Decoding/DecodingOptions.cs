using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>How translations are searched for. The defaults are those of <see cref="DecodingConfiguration"/>.</summary>
public sealed record DecodingOptions
{
    /// <summary>Whether the likeliest translations are looked for or random ones drawn. Default: the likeliest.</summary>
    public DecodingSearch Search { get; init; } = DecodingSearch.Beam;

    /// <summary>Hypotheses kept at each step, at least 1; 1 is greedy search. Default: 5.</summary>
    public int Beam { get; init; } = 5;

    /// <summary>
    /// Strength of the length penalty, α of Wu et al. 2016, equation 14; 0 or more, 0 for none. Default: 0.6.
    /// </summary>
    public double LengthPenalty { get; init; } = 0.6;

    /// <summary>
    /// Strength of the coverage penalty, β of the same equation; 0 or more, 0 for none. Needs a model with attention. Default: 0.
    /// </summary>
    public double CoveragePenalty { get; init; }

    /// <summary>A translation has at most this many times the source's tokens, plus <see cref="MaxLengthExtra"/>. Default: 2.</summary>
    public double MaxLengthRatio { get; init; } = 2;

    /// <summary>See <see cref="MaxLengthRatio"/>; 0 or more. Default: 10 tokens.</summary>
    public int MaxLengthExtra { get; init; } = 10;

    /// <summary>A translation has at most this many tokens, whatever its source; 0 (default) for no such limit.</summary>
    public int MaxLength { get; init; }

    /// <summary>A translation has at least this many tokens, as far as the longest one allowed permits. Default: 0.</summary>
    public int MinLength { get; init; }

    /// <summary>No translation holds the same N tokens in a row twice; 0 (default) for no such rule.</summary>
    public int NoRepeatNgram { get; init; }

    /// <summary>
    /// Whether the source token that attention looks at most stands in place of an unknown one. Needs a model with attention.
    /// </summary>
    public bool ReplaceUnknown { get; init; }

    /// <summary>
    /// File with translations of source tokens, which replace unknown tokens instead of copies; empty (default) for none.
    /// </summary>
    public string Dictionary { get; init; } = "";

    /// <summary>Whether translations carry their attention. Needs a model with attention. Default: false.</summary>
    public bool KeepAttention { get; init; }

    /// <summary>Sampling: what log probabilities are divided by before a token is drawn; above 0. Default: 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Sampling: draw from this many of the likeliest tokens; 0 (default) for all.</summary>
    public int TopK { get; init; }

    /// <summary>Sampling: draw from the fewest tokens that have this probability together; above 0, 1 (default) for all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Sampling: what is drawn for a line is a function of this and the line's number. Default: 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>
    /// Translations wanted for each sentence: with a beam from 1 to <see cref="Beam"/>, or so many samples. Default: 1.
    /// </summary>
    public int BestCount { get; init; } = 1;

    /// <summary>Sentences decoded together at most, at least 1. Default: 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Whether anything asked for needs attention weights.</summary>
    internal bool NeedsAttention => CoveragePenalty > 0 || ReplaceUnknown || KeepAttention;

    /// <summary>The options of a run's configuration.</summary>
    public static DecodingOptions From(DecodingConfiguration configuration) => new()
    {
        Search = configuration.Search,
        Beam = configuration.Beam,
        LengthPenalty = configuration.LengthPenalty,
        CoveragePenalty = configuration.CoveragePenalty,
        MaxLengthRatio = configuration.MaxLengthRatio,
        MaxLengthExtra = configuration.MaxLengthExtra,
        MaxLength = configuration.MaxLength,
        MinLength = configuration.MinLength,
        NoRepeatNgram = configuration.NoRepeatNgram,
        ReplaceUnknown = configuration.ReplaceUnknown,
        Dictionary = configuration.Dictionary,
        Temperature = configuration.Temperature,
        TopK = configuration.TopK,
        TopP = configuration.TopP,
        Seed = configuration.Seed,
        BatchSize = configuration.BatchSize,
    };

    /// <summary>Tokens that a translation has at most, its end not counted.</summary>
    /// <param name="sourceTokens">Tokens of the source, its end not counted.</param>
    public int MaxLengthOf(int sourceTokens)
    {
        var relative = (int)Math.Min(int.MaxValue / 2, Math.Floor(MaxLengthRatio * sourceTokens) + MaxLengthExtra);
        return MaxLength > 0 ? Math.Min(relative, MaxLength) : relative;
    }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ConfigurationException">With one line that names the option, the value seen and what would be right.</exception>
    public void Validate()
    {
        Require(Beam is >= 1 and <= 1000, "beam", Beam, "from 1 (greedy) to 1000");
        Require(LengthPenalty is >= 0 and <= 10, "length penalty", LengthPenalty, "from 0 (none) to 10");
        Require(CoveragePenalty is >= 0 and <= 10, "coverage penalty", CoveragePenalty, "from 0 (none) to 10");
        Require(MaxLengthRatio is >= 0 and <= 100, "maximum length ratio", MaxLengthRatio, "from 0 to 100");
        Require(MaxLengthExtra is >= 0 and <= 1_000_000, "length allowed beyond the ratio", MaxLengthExtra, "from 0 to 1000000 tokens");
        Require(MaxLength is >= 0 and <= 1_000_000, "maximum length", MaxLength, "from 1 to 1000000 tokens, or 0 for no limit");
        Require(MinLength is >= 0 and <= 1_000_000, "minimum length", MinLength, "from 0 to 1000000 tokens");
        if (MaxLength > 0 && MinLength > MaxLength)
            throw new ConfigurationException($"the minimum length is {MinLength} and the maximum length {MaxLength}; the minimum must not "
                + "be above the maximum");
        Require(NoRepeatNgram is >= 0 and <= 100, "size of n-grams that come once", NoRepeatNgram, "from 1 to 100 tokens, or 0 for none");
        Require(Temperature is >= 0.01 and <= 100, "temperature", Temperature, "from 0.01 to 100");
        Require(TopK is >= 0 and <= 10_000_000, "number of tokens sampled from (top-k)", TopK, "from 1 to 10000000, or 0 for all");
        Require(TopP is > 0 and <= 1, "probability sampled from (top-p)", TopP, "above 0 and at most 1");
        Require(Seed >= 0, "seed", Seed, "0 or more");
        if (Search == DecodingSearch.Sample)
            Require(BestCount is >= 1 and <= 1000, "number of samples", BestCount, "from 1 to 1000");
        else
            Require(BestCount >= 1 && BestCount <= Beam, "number of best translations", BestCount, $"from 1 to the beam, {Beam}");
        Require(BatchSize is >= 1 and <= 10_000, "batch size", BatchSize, "from 1 to 10000 sentences");
        if (Dictionary.Length > 0 && !ReplaceUnknown)
            throw new ConfigurationException($"the dictionary {Dictionary} is for the replacement of unknown tokens, which is off; switch "
                + "it on or leave the dictionary out");
    }

    private static void Require(bool holds, string what, IFormattable value, string range)
    {
        if (!holds)
            throw new ConfigurationException(FormattableString.Invariant($"the {what} is {value}; it must be {range}"));
    }
}
