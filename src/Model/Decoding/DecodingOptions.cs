using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>How translations are searched for. The defaults are those of <see cref="DecodingConfiguration"/>.</summary>
public sealed record DecodingOptions
{
    /// <summary>Hypotheses kept at each step, at least 1; 1 is greedy search. Default: 5.</summary>
    public int Beam { get; init; } = 5;

    /// <summary>
    /// Strength of the length penalty, α of Wu et al. 2016, equation 14; 0 or more, 0 for none. Default: 0.6.
    /// </summary>
    public double LengthPenalty { get; init; } = 0.6;

    /// <summary>A translation has at most this many times the source's tokens, plus <see cref="MaxLengthExtra"/>. Default: 2.</summary>
    public double MaxLengthRatio { get; init; } = 2;

    /// <summary>See <see cref="MaxLengthRatio"/>; 0 or more. Default: 10 tokens.</summary>
    public int MaxLengthExtra { get; init; } = 10;

    /// <summary>A translation has at least this many tokens, as far as the longest one allowed permits. Default: 0.</summary>
    public int MinLength { get; init; }

    /// <summary>Translations wanted for each sentence, from 1 to <see cref="Beam"/>. Default: 1.</summary>
    public int BestCount { get; init; } = 1;

    /// <summary>Sentences decoded together at most, at least 1. Default: 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>What a run's configuration says.</summary>
    public static DecodingOptions From(DecodingConfiguration configuration) => new()
    {
        Beam = configuration.Beam,
        LengthPenalty = configuration.LengthPenalty,
        MaxLengthRatio = configuration.MaxLengthRatio,
        BatchSize = configuration.BatchSize,
    };

    /// <summary>Tokens that a translation has at most, its end not counted.</summary>
    /// <param name="sourceTokens">Tokens of the source, its end not counted.</param>
    public int MaxLength(int sourceTokens) =>
        (int)Math.Min(int.MaxValue / 2, Math.Floor(MaxLengthRatio * sourceTokens) + MaxLengthExtra);

    /// <summary>Checks every value.</summary>
    /// <exception cref="ConfigurationException">With one line that names the option, the value seen and what would be right.</exception>
    public void Validate()
    {
        Require(Beam is >= 1 and <= 1000, "beam", Beam, "from 1 (greedy) to 1000");
        Require(LengthPenalty is >= 0 and <= 10, "length penalty", LengthPenalty, "from 0 (none) to 10");
        Require(MaxLengthRatio is >= 0 and <= 100, "maximum length ratio", MaxLengthRatio, "from 0 to 100");
        Require(MaxLengthExtra is >= 0 and <= 1_000_000, "maximum length", MaxLengthExtra, "from 0 to 1000000 tokens");
        Require(MinLength is >= 0 and <= 1_000_000, "minimum length", MinLength, "from 0 to 1000000 tokens");
        Require(BestCount >= 1 && BestCount <= Beam, "number of best translations", BestCount, $"from 1 to the beam, {Beam}");
        Require(BatchSize is >= 1 and <= 10_000, "batch size", BatchSize, "from 1 to 10000 sentences");
    }

    private static void Require(bool holds, string what, IFormattable value, string range)
    {
        if (!holds)
            throw new ConfigurationException(FormattableString.Invariant($"the {what} is {value}; it must be {range}"));
    }
}
