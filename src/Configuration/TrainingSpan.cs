using System.Globalization;
using System.Text.RegularExpressions;

namespace DistSeq2Seq.Configuration;

/// <summary>Unit of a length of training.</summary>
public enum SpanUnit
{
    /// <summary>Steps, each an update of the parameters.</summary>
    Updates,

    /// <summary>Target tokens trained on, end marks included.</summary>
    Tokens,

    /// <summary>Passes over the training text; fractions count.</summary>
    Epochs,
}

/// <summary>
/// A length of training in Marian's notation: <c>500</c> or <c>500u</c> updates, <c>100Ku</c>, <c>10Gt</c> target tokens, <c>0.5e</c>
/// epochs. The prefixes k (or K), M and G stand for thousands, millions and billions.
/// </summary>
/// <param name="Amount">Number of units, 0 or more; whole unless the unit is epochs.</param>
/// <param name="Unit">The unit.</param>
public readonly partial record struct TrainingSpan(double Amount, SpanUnit Unit)
{
    /// <summary>What a text must look like, for messages.</summary>
    public const string Form = "a whole number of updates or a number with a unit, for example 500, 100Ku (updates), 10Gt (target tokens) "
        + "or 5e (epochs)";

    /// <summary>Largest amount: beyond it not every whole number is a double.</summary>
    private const double MaxAmount = 1L << 53;

    private static readonly (char Prefix, double Factor)[] Prefixes = [('G', 1e9), ('M', 1e6), ('K', 1e3)];

    /// <summary>Whether the length is 0, which switches most settings off.</summary>
    public bool IsZero => Amount == 0;

    /// <summary>A number of updates.</summary>
    public static implicit operator TrainingSpan(long updates) => new(updates, SpanUnit.Updates);

    /// <summary>Parses a text in the notation of this type.</summary>
    /// <returns>False where the text has another form, is negative, or is a fraction of an update or a token.</returns>
    public static bool TryParse(string text, out TrainingSpan span)
    {
        span = default;
        if (Pattern().Match(text.Replace("_", "", StringComparison.Ordinal)) is not { Success: true } match)
            return false;
        var unit = match.Groups["unit"].Value switch
        {
            "t" => SpanUnit.Tokens,
            "e" => SpanUnit.Epochs,
            _ => SpanUnit.Updates,
        };
        var factor = Prefixes.FirstOrDefault(p => match.Groups["prefix"].Value.Equals(p.Prefix.ToString(),
            StringComparison.OrdinalIgnoreCase), (Prefix: ' ', Factor: 1)).Factor;

        // As a decimal, so that 1.1Kt are 1100 tokens and not a little more.
        if (!decimal.TryParse(match.Groups["number"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || (double)number * factor > MaxAmount)
            return false;
        var amount = (double)(number * (decimal)factor);
        if (unit != SpanUnit.Epochs && amount != Math.Floor(amount))
            return false;
        span = new TrainingSpan(amount, unit);
        return true;
    }

    /// <summary>The shortest text that is read back equal; updates without a prefix are a plain number.</summary>
    public override string ToString()
    {
        if (Unit == SpanUnit.Epochs)
            return $"{((decimal)Amount).ToString(CultureInfo.InvariantCulture)}e";
        var amount = Amount;
        var (prefix, factor) = Amount == 0 ? default : Prefixes.FirstOrDefault(p => amount % p.Factor == 0);
        var number = (Amount / (factor == 0 ? 1 : factor)).ToString("F0", CultureInfo.InvariantCulture);
        return Unit == SpanUnit.Tokens
            ? $"{number}{(factor == 0 ? "" : prefix)}t"
            : Amount < 1e6 || factor == 0 ? Amount.ToString("F0", CultureInfo.InvariantCulture)
            : $"{number}{prefix}u";
    }

    [GeneratedRegex("^(?<number>[0-9]+(\\.[0-9]+)?)((?<prefix>[kKMG])?(?<unit>[ute]))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
