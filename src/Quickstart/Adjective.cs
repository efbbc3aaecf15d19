namespace DistSeq2Seq.Quickstart;

/// <summary>An adjective in both languages with its forms.</summary>
/// <param name="English">The base form.</param>
/// <param name="Comparative">"taller", "more expensive".</param>
/// <param name="Superlative">"tallest", "most expensive".</param>
/// <param name="Masculine">French masculine singular.</param>
/// <param name="Feminine">French feminine singular.</param>
/// <param name="BeforeVowel">French masculine singular in front of a vowel ("bel", "vieil").</param>
/// <param name="Precedes">Whether the French adjective stands before its noun.</param>
internal sealed record Adjective(
    string English, string Comparative, string Superlative, string Masculine, string Feminine, string BeforeVowel, bool Precedes)
{
    /// <summary>The French form that agrees with a noun.</summary>
    public string French(Agreement agreement)
    {
        if (Feminine == Masculine && Invariable)
            return Masculine;
        var singular = agreement.Gender == Gender.Feminine ? Feminine : Masculine;
        return agreement.Plural ? FrenchPlurals.Of(singular) : singular;
    }

    /// <summary>Colours that are named after things do not agree.</summary>
    private bool Invariable => Masculine is "marron" or "orange";

    /// <summary>
    /// Reads lines of the form <c>english[,comparative,superlative] = masculine feminine [b[:before vowel]]</c>; without comparatives
    /// "more" and "most" are used; <c>b</c> marks adjectives that stand before the noun.
    /// </summary>
    public static IReadOnlyList<Adjective> Table(string lines) => [.. Words.Lines(lines).Select(Parse)];

    private static Adjective Parse(string line)
    {
        var sides = line.Split(" = ");
        var english = sides[0].Trim().Split(',');
        var french = sides[1].Trim().Split(' ');
        var precedes = french.Length > 2;
        var beforeVowel = precedes && french[2].Contains(':') ? french[2][2..] : french[0];
        return new Adjective(
            english[0],
            english.Length > 1 ? english[1] : "more " + english[0],
            english.Length > 2 ? english[2] : "most " + english[0],
            french[0],
            french[1],
            beforeVowel,
            precedes);
    }
}
