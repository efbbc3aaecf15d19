using System.Globalization;

namespace DistSeq2Seq.Model.Evaluation;

/// <summary>What BLEU does with an n-gram order that has no match (Chen and Cherry 2014).</summary>
public enum BleuSmoothing
{
    /// <summary>The k-th order without a match counts as 1 / 2^k matches. The default.</summary>
    Exponential,

    /// <summary>Nothing: one order without a match makes the score 0.</summary>
    None,

    /// <summary>An order without a match counts as <see cref="BleuOptions.SmoothingValue"/> matches (0.1 by default).</summary>
    Floor,

    /// <summary><see cref="BleuOptions.SmoothingValue"/> (1 by default) is added to matches and totals of the orders above 1.</summary>
    AddK,
}

/// <summary>How to compute BLEU. The defaults are those of sacreBLEU for corpus scores.</summary>
public sealed record BleuOptions
{
    /// <summary>13a tokens, case kept, exponential smoothing.</summary>
    public static BleuOptions Default { get; } = new();

    /// <summary>How segments are cut into tokens. Default: 13a.</summary>
    public BleuTokenization Tokenization { get; init; } = BleuTokenization.Mteval13a;

    /// <summary>Whether both sides are lower-cased first. Default: no.</summary>
    public bool Lowercase { get; init; }

    /// <summary>What happens to orders without a match. Default: exponential.</summary>
    public BleuSmoothing Smoothing { get; init; } = BleuSmoothing.Exponential;

    /// <summary>
    /// The value of the smoothing methods floor and add-k, at least 0; null for their defaults, 0.1 and 1. Others ignore it.
    /// </summary>
    public double? SmoothingValue { get; init; }

    /// <summary>
    /// Whether orders longer than the hypothesis are left out instead of making the score 0, as sentence scores need; null means no for a
    /// corpus, yes for a sentence.
    /// </summary>
    public bool? EffectiveOrder { get; init; }

    /// <summary>Longest n-gram, at least 1. Default: 4.</summary>
    public int MaximumOrder { get; init; } = 4;

    internal double EffectiveSmoothingValue => SmoothingValue ?? (Smoothing == BleuSmoothing.Floor ? 0.1 : 1.0);

    internal string Signature(bool effectiveOrder)
    {
        var smoothing = Smoothing switch
        {
            BleuSmoothing.Exponential => "exp",
            BleuSmoothing.None => "none",
            BleuSmoothing.Floor => string.Create(CultureInfo.InvariantCulture, $"floor[{EffectiveSmoothingValue:0.00}]"),
            BleuSmoothing.AddK => string.Create(CultureInfo.InvariantCulture, $"add-k[{EffectiveSmoothingValue:0.00}]"),
            _ => throw new ArgumentOutOfRangeException(
                nameof(Smoothing), Smoothing, "Unknown smoothing; choose exp, none, floor or add-k."),
        };
        var order = MaximumOrder == 4 ? "" : string.Create(CultureInfo.InvariantCulture, $"|order:{MaximumOrder}");
        return $"nrefs:1|case:{(Lowercase ? "lc" : "mixed")}|eff:{(effectiveOrder ? "yes" : "no")}"
            + $"|tok:{BleuTokenizer.NameOf(Tokenization)}|smooth:{smoothing}{order}|version:{ScoreVersion.Text}";
    }

    internal void Validate()
    {
        if (MaximumOrder < 1)
            throw new ArgumentOutOfRangeException(
                nameof(MaximumOrder), MaximumOrder, "BLEU needs n-grams of at least 1 token; 4 is usual.");
        if (SmoothingValue is < 0 or double.NaN)
            throw new ArgumentOutOfRangeException(
                nameof(SmoothingValue), SmoothingValue, "The smoothing value must be 0 or more.");
    }
}
