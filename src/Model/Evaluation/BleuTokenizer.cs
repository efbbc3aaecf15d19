using System.Text.RegularExpressions;

namespace DistSeq2Seq.Model.Evaluation;

/// <summary>How text is cut into tokens before n-grams are counted.</summary>
public enum BleuTokenization
{
    /// <summary>The tokenizer of NIST's mteval-v13a script: the usual choice for European languages. Signature <c>13a</c>.</summary>
    Mteval13a,

    /// <summary>Every character (Unicode code point) that is not white space is a token. Signature <c>char</c>.</summary>
    Character,

    /// <summary>Tokens are what white space separates; for text that is tokenized already. Signature <c>none</c>.</summary>
    None,
}

/// <summary>The tokenizers of sacreBLEU (Post 2018, "A Call for Clarity in Reporting BLEU Scores").</summary>
public static partial class BleuTokenizer
{
    /// <summary>Cuts one segment into tokens.</summary>
    /// <param name="segment">A line of text; lower-cased before, if that is wanted.</param>
    /// <param name="tokenization">Which tokenizer.</param>
    /// <returns>The tokens; none for an empty or blank segment.</returns>
    public static IReadOnlyList<string> Tokenize(string segment, BleuTokenization tokenization)
    {
        ArgumentNullException.ThrowIfNull(segment);
        var line = PythonText.TrimEnd(segment);
        return tokenization switch
        {
            BleuTokenization.Mteval13a => Mteval13a(line),
            BleuTokenization.Character => Characters(line),
            BleuTokenization.None => PythonText.Split(line),
            _ => throw new ArgumentOutOfRangeException(
                nameof(tokenization), tokenization, "Unknown tokenizer; choose 13a, char or none."),
        };
    }

    /// <summary>The tokenizer's name in a signature.</summary>
    public static string NameOf(BleuTokenization tokenization) => tokenization switch
    {
        BleuTokenization.Mteval13a => "13a",
        BleuTokenization.Character => "char",
        BleuTokenization.None => "none",
        _ => throw new ArgumentOutOfRangeException(
                nameof(tokenization), tokenization, "Unknown tokenizer; choose 13a, char or none."),
    };

    /// <summary>The tokenizer of a name: <c>13a</c>, <c>char</c> or <c>none</c>.</summary>
    /// <exception cref="ArgumentException">The name is another one.</exception>
    public static BleuTokenization Parse(string name) => name switch
    {
        "13a" => BleuTokenization.Mteval13a,
        "char" => BleuTokenization.Character,
        "none" => BleuTokenization.None,
        _ => throw new ArgumentException($"Unknown BLEU tokenizer '{name}'; choose 13a, char or none.", nameof(name)),
    };

    private static List<string> Mteval13a(string line)
    {
        line = line.Replace("<skipped>", "").Replace("-\n", "").Replace('\n', ' ');
        if (line.Contains('&'))
            line = line.Replace("&quot;", "\"").Replace("&amp;", "&").Replace("&lt;", "<").Replace("&gt;", ">");
        line = $" {line} ";
        line = Symbols().Replace(line, " $1 ");
        line = PointAfterNonDigit().Replace(line, "$1 $2 ");
        line = PointBeforeNonDigit().Replace(line, " $1 $2");
        line = DashAfterDigit().Replace(line, "$1 $2 ");
        return PythonText.Split(line);
    }

    private static List<string> Characters(string line)
    {
        var tokens = new List<string>(line.Length);
        foreach (var rune in line.EnumerateRunes())
        {
            if (!(rune.IsBmp && PythonText.IsSpace((char)rune.Value)))
                tokens.Add(rune.ToString());
        }
        return tokens;
    }

    // ASCII punctuation except the apostrophe, comma, hyphen and point, which depend on their neighbours.
    [GeneratedRegex(@"([\{-\~\[-\` -\&\(-\+\:-\@\/])", RegexOptions.CultureInvariant)]
    private static partial Regex Symbols();

    [GeneratedRegex(@"([^0-9])([\.,])", RegexOptions.CultureInvariant)]
    private static partial Regex PointAfterNonDigit();

    [GeneratedRegex(@"([\.,])([^0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex PointBeforeNonDigit();

    [GeneratedRegex(@"([0-9])(-)", RegexOptions.CultureInvariant)]
    private static partial Regex DashAfterDigit();
}
