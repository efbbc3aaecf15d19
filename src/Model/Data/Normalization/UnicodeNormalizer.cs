using System.Text;

namespace DistSeq2Seq.Model.Data.Normalization;

/// <summary>
/// Normal forms C and KC (Unicode Standard Annex 15), as ICU computes them. Unicode promises that the normal form of assigned characters
/// never changes. So two machines can differ only in characters that the older ICU does not know (<see cref="UnicodeVersion"/>).
/// </summary>
public static class UnicodeNormalizer
{
    /// <summary>The text in a normal form; the text itself where nothing is to be done.</summary>
    /// <param name="text">Any text; a lone surrogate becomes U+FFFD unless the form is <see cref="TextNormalization.None"/>.</param>
    /// <param name="form">The form.</param>
    public static ReadOnlySpan<char> Normalize(ReadOnlySpan<char> text, TextNormalization form)
    {
        // Characters up to these limits neither decompose nor compose with the character before. Most Latin text needs no ICU.
        var plain = form switch
        {
            TextNormalization.None => char.MaxValue,
            TextNormalization.Nfc => '\u02FF',
            _ => '\u009F',
        };
        if (!text.ContainsAnyExceptInRange('\0', plain))
            return text;
        // .NET refuses lone surrogates and the noncharacter U+FFFE. A file may hold U+FFFE, and it composes with nothing.
        var refused = text.IndexOf('\uFFFE');
        if (refused >= 0)
            return string.Concat(Normalize(text[..refused], form), "\uFFFE", Normalize(text[(refused + 1)..], form));
        var whole = text.ToString();
        if (text.ContainsAnyInRange('\uD800', '\uDFFF'))
            whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(whole));
        return whole.Normalize(form == TextNormalization.Nfc ? NormalizationForm.FormC : NormalizationForm.FormKC);
    }
}
