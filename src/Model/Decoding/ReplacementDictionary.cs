using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Tokenizers;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>
/// What stands in place of an unknown token that is aligned with a source token: the dictionary's word, else the token itself.
/// </summary>
internal sealed class ReplacementDictionary
{
    private readonly Dictionary<string, string> _words = new(StringComparer.Ordinal);

    /// <summary>A dictionary without words: everything is copied.</summary>
    public static ReplacementDictionary Empty { get; } = new();

    /// <summary>Reads lines of source token, tab, target token; of a token that stands on several lines the first counts.</summary>
    /// <exception cref="DataException">The file is missing, not UTF-8, or a line is no pair.</exception>
    public static ReplacementDictionary Load(string path)
    {
        var dictionary = new ReplacementDictionary();
        using var reader = SentencePairReader.Open(CorpusSource.Tsv(path));
        while (reader.TryRead(out var pair))
        {
            if (pair.Source.Length == 0 || pair.Target.Length == 0 || pair.Source.Any(char.IsWhiteSpace))
                throw new DataException($"{path}: line {pair.Line}: \"{pair.Source}\" and \"{pair.Target}\"; a source token "
                    + "without spaces, a tab and what replaces it are needed.");
            dictionary._words.TryAdd(pair.Source, pair.Target);
        }

        return dictionary;
    }

    /// <summary>What stands for a source token. Spacing marks of the word tokenizer do not keep a word from being found.</summary>
    public string Of(string token)
    {
        if (_words.TryGetValue(token, out var word))
            return word;
        var bare = token.Trim(TokenSpacing.JoinedMark, TokenSpacing.SpacedMark);
        return _words.TryGetValue(bare, out word) ? token.Replace(bare, word, StringComparison.Ordinal) : token;
    }
}
