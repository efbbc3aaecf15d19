namespace DistSeq2Seq.Model.Data.Tokenizers;

/// <summary>Splits at white space and joins with single spaces: for text that another tool has tokenized.</summary>
public sealed class WhitespaceTokenizer : ITokenizer
{
    /// <summary>Creates the tokenizer.</summary>
    /// <param name="lowercase">Whether text is put into lower case first.</param>
    public WhitespaceTokenizer(bool lowercase = false) =>
        Options = new TokenizerOptions { Name = TokenizerFactory.None, Lowercase = lowercase };

    /// <inheritdoc/>
    public TokenizerOptions Options { get; }

    /// <inheritdoc/>
    public void Tokenize(ReadOnlySpan<char> sentence, TokenBuffer tokens)
    {
        tokens.Clear();
        foreach (var chunk in new WhitespaceChunks(sentence))
        {
            if (Options.Lowercase)
                tokens.AppendLower(chunk);
            else
                tokens.Append(chunk);
            tokens.End();
        }
    }

    /// <inheritdoc/>
    public string Detokenize(IReadOnlyList<string> tokens) => string.Join(' ', tokens);
}

/// <summary>
/// Enumerates the chunks between white space. White space is that of Unicode, with U+00A0 and U+202F, which French sets before
/// punctuation, and also the invisible characters U+200B and U+FEFF.
/// </summary>
internal ref struct WhitespaceChunks(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;

    public ReadOnlySpan<char> Current { get; private set; }

    public readonly WhitespaceChunks GetEnumerator() => this;

    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is '\u200B' or '\uFEFF';

    public bool MoveNext()
    {
        var start = 0;
        while (start < _rest.Length && IsSpace(_rest[start]))
            start++;
        if (start == _rest.Length)
            return false;
        var end = start + 1;
        while (end < _rest.Length && !IsSpace(_rest[end]))
            end++;
        Current = _rest[start..end];
        _rest = _rest[end..];
        return true;
    }
}
