using System.Globalization;
using System.Text;

namespace DistSeq2Seq.Model.Evaluation;

/// <summary>
/// The few string operations of Python that reference scores depend on. Python works on code points and has its own definitions of white
/// space and lower case, so .NET's defaults would give slightly different n-grams.
/// </summary>
internal static class PythonText
{
    /// <summary>Splits at runs of white space as <c>str.split()</c> does; no empty pieces.</summary>
    public static List<string> Split(string text)
    {
        var words = new List<string>();
        var start = -1;
        for (var i = 0; i < text.Length; i++)
        {
            if (!IsSpace(text[i]))
            {
                if (start < 0)
                    start = i;
            }
            else if (start >= 0)
            {
                words.Add(text[start..i]);
                start = -1;
            }
        }
        if (start >= 0)
            words.Add(text[start..]);
        return words;
    }

    /// <summary>Removes white space at the end, as <c>str.rstrip()</c> does.</summary>
    public static string TrimEnd(string text)
    {
        var end = text.Length;
        while (end > 0 && IsSpace(text[end - 1]))
            end--;
        return text[..end];
    }

    /// <summary>
    /// Lower case as <c>str.lower()</c>: invariant mapping of each code point, and the two rules of Unicode's
    /// SpecialCasing that apply without a language: the dotted capital I, and the final sigma.
    /// </summary>
    public static string ToLower(string text)
    {
        var lower = text.ToLowerInvariant();
        if (!text.Contains('\u0130') && !text.Contains('\u03A3'))
            return lower;
        var result = new StringBuilder(text.Length + 4);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\u0130':
                    result.Append("i\u0307");
                    break;
                case '\u03A3':
                    result.Append(IsFinalSigma(text, i) ? '\u03C2' : '\u03C3');
                    break;
                default:
                    // The invariant mapping never changes the length, so positions agree.
                    result.Append(lower[i]);
                    break;
            }
        }
        return result.ToString();
    }

    /// <summary>The code points of a text, in order.</summary>
    public static int[] CodePoints(string text)
    {
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            points.Add(rune.Value);
        return [.. points];
    }

    /// <summary>White space in the sense of Python's <c>str.isspace()</c>: .NET's set and the four separators U+001C to U+001F.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';

    private static bool IsFinalSigma(string text, int at) =>
        FirstCased(text, at - 1, -1) && !FirstCased(text, at + 1, +1);

    // Whether the nearest character that is not case-ignorable (accents, apostrophes and the like) is a cased letter.
    private static bool FirstCased(string text, int from, int step)
    {
        for (var i = from; i >= 0 && i < text.Length; i += step)
        {
            switch (CharUnicodeInfo.GetUnicodeCategory(text[i]))
            {
                case UnicodeCategory.NonSpacingMark:
                case UnicodeCategory.EnclosingMark:
                case UnicodeCategory.Format:
                case UnicodeCategory.ModifierLetter:
                case UnicodeCategory.ModifierSymbol:
                    continue;
                case UnicodeCategory.UppercaseLetter:
                case UnicodeCategory.LowercaseLetter:
                case UnicodeCategory.TitlecaseLetter:
                    return true;
                default:
                    if (text[i] is '\'' or '.' or ':' or '\u00B7' or '\u2019')
                        continue;
                    return false;
            }
        }
        return false;
    }
}
