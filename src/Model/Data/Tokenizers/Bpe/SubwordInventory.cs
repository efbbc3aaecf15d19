namespace DistSeq2Seq.Model.Data.Tokenizers.Bpe;

/// <summary>
/// All subwords that dropping merges can lead to: characters, and what each merge makes. A vocabulary for BPE-dropout needs them,
/// though text that is cut with all merges never shows most of them.
/// </summary>
internal static class SubwordInventory
{
    /// <summary>Adds the missing subwords to the counts, and raises the counts of all these subwords to at least the given one.</summary>
    /// <param name="counts">Tokens of the training text.</param>
    /// <param name="tokenizer">The tokenizer that made the tokens.</param>
    /// <param name="atLeast">Smallest count with which a vocabulary keeps a token.</param>
    public static IReadOnlyDictionary<string, long> Complete(IReadOnlyDictionary<string, long> counts, BpeTokenizer tokenizer, long atLeast)
    {
        var all = new Dictionary<string, long>(counts, StringComparer.Ordinal);
        foreach (var (left, right) in tokenizer.Codes.Merges)
            Need(tokenizer.TokenOf(left + right));
        foreach (var token in counts.Keys.Where(token => !LanguageTag.Is(token)))
        {
            var text = tokenizer.TextOf(token);
            var goesOn = text.Length < token.Length;
            var at = 0;
            foreach (var rune in text.EnumerateRunes())
            {
                at += rune.Utf16SequenceLength;
                Need(tokenizer.TokenOf(rune + (at < text.Length || goesOn ? "" : BpeCodes.WordEnd)));
            }
        }

        return all;

        void Need(string token)
        {
            if (!all.TryGetValue(token, out var count) || count < atLeast)
                all[token] = atLeast;
        }
    }
}
