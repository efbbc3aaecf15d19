using System.Text;

namespace DistSeq2Seq.Model.Data.Tokenizers.Bpe;

/// <summary>
/// Learns the merges of byte-pair encoding: again and again the most frequent pair of neighbouring symbols becomes one
/// symbol (Sennrich, Haddow, Birch 2016, algorithm 1). Among equally frequent pairs the greatest is taken, compared by
/// code points, left symbol first, as subword-nmt does. Counts are kept exact by changing only those beside a merge;
/// an index leads from a pair to its words, and a heap to the best pair.
/// </summary>
public static class BpeLearner
{
    /// <summary>The least frequency of a pair that is merged, subword-nmt's default.</summary>
    public const int DefaultMinFrequency = 2;

    /// <summary>Learns merges.</summary>
    /// <param name="words">Words with their counts, as <see cref="TokenCounter"/> gives them.</param>
    /// <param name="merges">How many merges at most, 0 or more.</param>
    /// <param name="minFrequency">Learning stops when no pair is as frequent as this; 1 or more.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>The codes; fewer than <paramref name="merges"/> when the words hold no more.</returns>
    public static BpeCodes Learn(IEnumerable<KeyValuePair<string, long>> words, int merges,
        long minFrequency = DefaultMinFrequency, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(merges);
        ArgumentOutOfRangeException.ThrowIfLessThan(minFrequency, 1);
        var symbols = new BpeSymbols();
        var pairs = new BpePairs(symbols);
        var corpus = new BpeWords(symbols, pairs, words);
        var learned = new List<BpeMerge>();
        while (learned.Count < merges && pairs.TakeBest(minFrequency) is { } pair)
        {
            cancellation.ThrowIfCancellationRequested();
            var (left, right) = pairs.SymbolsOf(pair);
            learned.Add(new BpeMerge(symbols[left], symbols[right]));
            corpus.Merge(left, right, pairs.TakeWords(pair));
            pairs.EndStep();
        }
        return new BpeCodes(learned);
    }

    /// <summary>A word's first symbols: its code points, the last with the end mark.</summary>
    internal static IEnumerable<string> FirstSymbols(string word)
    {
        for (var at = 0; at < word.Length;)
        {
            Rune.DecodeFromUtf16(word.AsSpan(at), out _, out var used);
            var symbol = word.Substring(at, used);
            at += used;
            yield return at == word.Length ? symbol + BpeCodes.WordEnd : symbol;
        }
    }
}
