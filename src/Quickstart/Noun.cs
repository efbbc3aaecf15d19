namespace DistSeq2Seq.Quickstart;

/// <summary>A noun in both languages.</summary>
internal sealed record Noun(string English, string EnglishPlural, string French, string FrenchPlural, Gender Gender)
{
    /// <summary>
    /// Reads lines of the form <c>english[,plural] = french[,plural] m|f</c>; plurals that are not given are regular. An underscore
    /// stands for a space inside a noun.
    /// </summary>
    public static IReadOnlyList<Noun> Table(string lines) => [.. Words.Lines(lines).Select(Parse)];

    private static Noun Parse(string line)
    {
        var sides = line.Split(" = ");
        var english = sides[0].Trim().Split(',');
        var fields = sides[1].Trim().Split(' ');
        var french = fields[0].Split(',');
        return new Noun(
            Spaced(english[0]),
            Spaced(english.Length > 1 ? english[1] : EnglishText.WithS(english[0])),
            Spaced(french[0]),
            Spaced(french.Length > 1 ? french[1] : FrenchPlurals.Of(french[0])),
            fields[1] == "f" ? Gender.Feminine : Gender.Masculine);
    }

    private static string Spaced(string words) => words.Replace('_', ' ');
}

/// <summary>Regular French plurals of nouns and adjectives.</summary>
internal static class FrenchPlurals
{
    public static string Of(string singular)
    {
        if (singular[^1] is 's' or 'x' or 'z')
            return singular;
        if (singular.EndsWith("al", StringComparison.Ordinal))
            return singular[..^1] + "ux";
        var takesX = singular.EndsWith("eau", StringComparison.Ordinal) || singular.EndsWith("eu", StringComparison.Ordinal);
        return singular + (takesX ? "x" : "s");
    }
}
