using System.Text;

namespace DistSeq2Seq.Model.Data.Tokenizers;

/// <summary>
/// Every character (code point) is a token; between words stands <c>▁</c>. Runs of white space count as one space, and
/// those at begin and end as none. A <c>▁</c> of the text becomes <c>_</c>. A language tag before a sentence is one token.
/// </summary>
public sealed class CharacterTokenizer : ITokenizer
{
    /// <summary>Creates the tokenizer.</summary>
    /// <param name="lowercase">Whether text is put into lower case first.</param>
    public CharacterTokenizer(bool lowercase = false) =>
        Options = new TokenizerOptions { Name = TokenizerFactory.Character, Lowercase = lowercase };

    /// <inheritdoc/>
    public TokenizerOptions Options { get; }

    /// <inheritdoc/>
    public void Tokenize(ReadOnlySpan<char> sentence, TokenBuffer tokens)
    {
        tokens.Clear();
        var text = tokens.Scratch(sentence.Length);
        if (Options.Lowercase)
            sentence.ToLowerInvariant(text);
        else
            sentence.CopyTo(text);
        text.Replace(TokenSpacing.SpacedMark, '_');
        var untagged = LanguageTag.Take(text, tokens, out var joined);
        foreach (var chunk in new WhitespaceChunks(untagged))
        {
            if (tokens.Count > 0 && !joined)
                tokens.Add([TokenSpacing.SpacedMark]);
            joined = false;
            for (var rest = chunk; rest.Length > 0;)
            {
                Rune.DecodeFromUtf16(rest, out _, out var used);
                tokens.Add(rest[..used]);
                rest = rest[used..];
            }
        }
    }

    /// <inheritdoc/>
    public string Detokenize(IReadOnlyList<string> tokens) => string.Concat(tokens).Replace(TokenSpacing.SpacedMark, ' ').Trim();
}
