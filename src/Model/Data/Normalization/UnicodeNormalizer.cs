using System.Text;

namespace DistSeq2Seq.Model.Data.Normalization;

/// <summary>
/// Normal forms C and KC (Unicode Standard Annex 15), as ICU computes them. Unicode promises that text of characters known
/// today has the same form in every later version; so machines may differ only in characters newer than the older one's ICU
/// (<see cref="UnicodeVersion"/>).
/// </summary>
public static class UnicodeNormalizer
{
    /// <summary>The text in a normal form; the text itself where nothing is to be done.</summary>
    /// <param name="text">Any text; a lone surrogate becomes U+FFFD where anything else had to be looked at.</param>
    /// <param name="form">The form.</param>
    public static ReadOnlySpan<char> Normalize(ReadOnlySpan<char> text, TextNormalization form)
    {
        // Below these nothing decomposes, or composes with what comes before: most text of Latin letters needs no ICU.
        var plain = form switch
        {
            TextNormalization.None => char.MaxValue,
            TextNormalization.Nfc => '\u02FF',
            _ => '\u009F',
        };
        if (!text.ContainsAnyExceptInRange('\0', plain))
            return text;
        // .NET refuses lone surrogates, and also U+FFFE, which is no character but may stand in a file, and joins nothing.
        var refused = text.IndexOf('\uFFFE');
        if (refused >= 0)
            return string.Concat(Normalize(text[..refused], form), "\uFFFE", Normalize(text[(refused + 1)..], form));
        var whole = text.ToString();
        if (text.ContainsAnyInRange('\uD800', '\uDFFF'))
            whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(whole));
        return whole.Normalize(form == TextNormalization.Nfc ? NormalizationForm.FormC : NormalizationForm.FormKC);
    }
}
