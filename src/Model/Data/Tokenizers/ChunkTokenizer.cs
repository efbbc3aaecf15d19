namespace DistSeq2Seq.Model.Data.Tokenizers;

/// <summary>
/// Splits at white space and puts <c>▁</c> before each chunk, as SentencePiece does (Kudo, Richardson 2018). To join, it concatenates the
/// tokens and replaces the marks by spaces, so chunks may be cut anywhere. In a language without spaces a chunk is a sentence. A <c>▁</c>
/// of the text becomes <c>_</c>. A language tag before a sentence is one token, without a mark.
/// </summary>
internal sealed class ChunkTokenizer(TokenizerOptions options) : ITokenizer
{
    public TokenizerOptions Options { get; } = options;

    public void Tokenize(ReadOnlySpan<char> sentence, TokenBuffer tokens)
    {
        tokens.Clear();
        var text = tokens.Scratch(sentence.Length);
        if (Options.Lowercase)
            sentence.ToLowerInvariant(text);
        else
            sentence.CopyTo(text);
        text.Replace(TokenSpacing.SpacedMark, '_');
        foreach (var chunk in new WhitespaceChunks(LanguageTag.Take(text, tokens, out var joined)))
        {
            if (!joined)
                tokens.Append([TokenSpacing.SpacedMark]);
            joined = false;
            tokens.Add(chunk);
        }
    }

    public string Detokenize(IReadOnlyList<string> tokens) => string.Concat(tokens).Replace(TokenSpacing.SpacedMark, ' ').Trim();
}
