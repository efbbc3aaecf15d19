namespace DistSeq2Seq.Configuration;

/// <summary>How a translation is chosen from the model's distribution.</summary>
public enum DecodingSearch
{
    /// <summary>The most probable one that a beam search finds.</summary>
    Beam,

    /// <summary>Drawn at random, token by token.</summary>
    Sample,
}

/// <summary>How translations are searched for.</summary>
public sealed record DecodingConfiguration
{
    /// <summary>How a translation is chosen.</summary>
    [Setting("beam (the likeliest translations) or sample (drawn at random, token by token).", MayChangeOnResume = true)]
    public DecodingSearch Search { get; init; } = DecodingSearch.Beam;

    /// <summary>Hypotheses kept at each step.</summary>
    [Setting("Beam width; 1 is greedy search.", Min = 1, Max = 1000, MayChangeOnResume = true)]
    public int Beam { get; init; } = 5;

    /// <summary>Strength of the length penalty.</summary>
    [Setting("Length penalty alpha (Wu et al. 2016, eq. 14); 0 favours short output.", Min = 0, Max = 10, MayChangeOnResume = true)]
    public double LengthPenalty { get; init; } = 0.6;

    /// <summary>Strength of the coverage penalty.</summary>
    [Setting("Coverage penalty beta (Wu et al. 2016, eq. 14): favours output that has looked at every source token. 0: none; needs "
        + "attention.", Min = 0, Max = 10, MayChangeOnResume = true)]
    public double CoveragePenalty { get; init; }

    /// <summary>Longest output relative to its source.</summary>
    [Setting("Output has at most this many times the source tokens, plus max_length_extra.", Min = 0.1, Max = 100,
        MayChangeOnResume = true)]
    public double MaxLengthRatio { get; init; } = 2;

    /// <summary>Tokens allowed beyond the ratio.</summary>
    [Setting("Tokens that output may have beyond max_length_ratio.", Min = 0, Max = 1000000, MayChangeOnResume = true)]
    public int MaxLengthExtra { get; init; } = 10;

    /// <summary>Longest output.</summary>
    [Setting("Output has at most this many tokens, whatever its source. 0: no such limit.", Min = 0, Max = 1000000,
        MayChangeOnResume = true)]
    public int MaxLength { get; init; }

    /// <summary>Shortest output.</summary>
    [Setting("Output has at least this many tokens, as far as its longest length permits.", Min = 0, Max = 1000000,
        MayChangeOnResume = true)]
    public int MinLength { get; init; }

    /// <summary>Size N of the n-grams that may not repeat.</summary>
    [Setting("No output holds the same N tokens in a row twice (Paulus et al. 2018). 0: anything may come again.", Min = 0, Max = 100,
        MayChangeOnResume = true)]
    public int NoRepeatNgram { get; init; }

    /// <summary>Whether unknown tokens are replaced.</summary>
    [Setting("Write the source token that attention looks at most in place of <unk> (Luong et al. 2015b, Jean et al. 2015); needs "
        + "attention.", MayChangeOnResume = true)]
    public bool ReplaceUnknown { get; init; }

    /// <summary>Translations of source tokens.</summary>
    [Setting("replace_unknown: file of lines source TAB target; a source token found there is replaced by its target instead of copied. "
        + "Empty: always copied.", MayChangeOnResume = true)]
    public string Dictionary { get; init; } = "";

    /// <summary>Temperature of sampling.</summary>
    [Setting("sample: log probabilities are divided by this before drawing; below 1 the likely become likelier.", Min = 0.01, Max = 100,
        MayChangeOnResume = true)]
    public double Temperature { get; init; } = 1;

    /// <summary>Number of most probable tokens that sampling draws from.</summary>
    [Setting("sample: draw from the K likeliest tokens only (Fan et al. 2018). 0: from all.", Min = 0, Max = 10000000,
        MayChangeOnResume = true)]
    public int TopK { get; init; }

    /// <summary>Total probability of the tokens that sampling draws from.</summary>
    [Setting("sample: draw from the fewest tokens whose probabilities reach P together (Holtzman et al. 2020). 1: from all.",
        Min = 0.000001, Max = 1, MayChangeOnResume = true)]
    public double TopP { get; init; } = 1;

    /// <summary>Seed of sampling.</summary>
    [Setting("sample: seed. What is drawn for a line is a function of the seed and the line's number.", Min = 0, MayChangeOnResume = true)]
    public long Seed { get; init; } = 1;

    /// <summary>Sentences decoded together.</summary>
    [Setting("Sentences decoded together.", Min = 1, Max = 10000, MayChangeOnResume = true)]
    public int BatchSize { get; init; } = 64;
}
