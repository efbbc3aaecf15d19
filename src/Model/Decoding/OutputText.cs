using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Tokenizers;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>Target ids to text: with the prefix as it was given, and with source words for unknown tokens where that is wanted.</summary>
/// <param name="target">Joins tokens.</param>
/// <param name="replacements">What stands for source tokens; null where unknown tokens stay.</param>
internal sealed class OutputText(SentenceEncoder target, ReplacementDictionary? replacements)
{
    /// <summary>The tokens of a translation.</summary>
    /// <param name="found">The hypothesis; with attention where unknown tokens are replaced.</param>
    /// <param name="source">The source's tokens.</param>
    /// <param name="prefix">The tokens it begins with.</param>
    public List<string> Tokens(FoundHypothesis found, string[] source, string[] prefix)
    {
        var tokens = new List<string>(found.Tokens.Length);
        // A language tag is not a word of the text, so it must not be copied.
        string Replacement(string token) => LanguageTag.Is(token) ? target.Vocabulary[Vocabulary.Unknown] : replacements!.Of(token);
        for (var i = 0; i < found.Tokens.Length; i++)
        {
            tokens.Add(i < prefix.Length
                ? prefix[i]
                : found.Tokens[i] == Vocabulary.Unknown && replacements is not null ? Replacement(source[found.Attention!.Best[i]])
                : target.Vocabulary[found.Tokens[i]]);
        }

        return tokens;
    }

    /// <summary>The sentence of tokens.</summary>
    public string Join(IReadOnlyList<string> tokens) => target.Tokenizer.Detokenize(tokens);
}
