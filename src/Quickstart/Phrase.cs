namespace DistSeq2Seq.Quickstart;

/// <summary>The same words in both languages.</summary>
/// <param name="English">English, before spelling rules that cross words (a or an).</param>
/// <param name="French">French, before elision.</param>
internal readonly record struct Phrase(string English, string French)
{
    /// <summary>No words.</summary>
    public static readonly Phrase Empty = new("", "");

    public static Phrase operator +(Phrase a, Phrase b) => new(Words.Of(a.English, b.English), Words.Of(a.French, b.French));

    /// <summary>Reads lines of the form <c>english = french</c>.</summary>
    public static IReadOnlyList<Phrase> Table(string lines) =>
        [.. Words.Lines(lines).Select(line => line.Split(" = ")).Select(sides => new Phrase(sides[0].Trim(), sides[1].Trim()))];
}

/// <summary>Joining and splitting of words.</summary>
internal static class Words
{
    /// <summary>Joins the parts that are not empty with single spaces.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        var kept = new List<string>(parts.Length);
        foreach (var part in parts)
        {
            if (part.Length > 0)
                kept.Add(part);
        }
        return string.Join(' ', kept);
    }

    /// <summary>The lines of a table that hold something.</summary>
    public static IEnumerable<string> Lines(string table) =>
        table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
