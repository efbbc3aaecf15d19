namespace DistSeq2Seq.Model.Data.Tokenizers;

/// <summary>
/// The token before a source sentence that says which target language is wanted, as <c>&lt;2fr&gt;</c>, so that one model serves several
/// (Johnson et al. 2017, "Google's Multilingual Neural Machine Translation System").
/// </summary>
public static class LanguageTag
{
    private const int LongestName = 32;

    /// <summary>The tag of a language.</summary>
    /// <param name="name">Letters, digits, <c>-</c> and <c>_</c>, as <c>fr</c>.</param>
    public static string Of(string name) => $"<2{name}>";

    /// <summary>
    /// A sentence with its tag before it; a sentence of white space alone stays as it is, because it has no tokens to translate.
    /// </summary>
    public static string Put(string tag, string sentence) => sentence.AsSpan().Trim().IsEmpty ? sentence : $"{tag} {sentence}";

    /// <summary>Characters of the tag that a text begins with; 0 where it begins with none.</summary>
    internal static int LengthAt(ReadOnlySpan<char> text)
    {
        if (text is not ['<', '2', ..])
            return 0;
        var end = text[..Math.Min(text.Length, LongestName + 3)].IndexOf('>');
        if (end < 3)
            return 0;
        foreach (var c in text[2..end])
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return 0;
        }

        return end + 1;
    }

    /// <summary>Adds the tag that a text begins with, if any, to its tokens, and returns the text behind the tag.</summary>
    /// <param name="text">The text to be cut into tokens.</param>
    /// <param name="tokens">The tokens of the text so far.</param>
    /// <param name="joined">Whether there is a tag and the text goes on without white space.</param>
    internal static ReadOnlySpan<char> Take(ReadOnlySpan<char> text, TokenBuffer tokens, out bool joined)
    {
        var length = LengthAt(text);
        joined = length > 0 && length < text.Length && !WhitespaceChunks.IsSpace(text[length]);
        if (length > 0)
            tokens.Add(text[..length]);
        return text[length..];
    }

    /// <summary>Whether a token is a tag.</summary>
    internal static bool Is(ReadOnlySpan<char> token) => token.Length > 0 && LengthAt(token) == token.Length;
}
