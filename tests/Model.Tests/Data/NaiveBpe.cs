using DistSeq2Seq.Model.Data.Tokenizers.Bpe;

namespace DistSeq2Seq.Model.Tests.Data;

/// <summary>Byte-pair encoding as the paper's algorithm reads: everything counted anew after every merge.</summary>
internal static class NaiveBpe
{
    public static List<BpeMerge> Learn(IReadOnlyDictionary<string, long> words, int merges, long minFrequency)
    {
        var corpus = words.Where(w => w.Key.Length > 0).Select(w => (Symbols: Split(w.Key), Count: w.Value)).ToList();
        var learned = new List<BpeMerge>();
        while (learned.Count < merges)
        {
            var counts = new Dictionary<BpeMerge, long>();
            foreach (var (symbols, count) in corpus)
                for (var i = 1; i < symbols.Count; i++)
                    counts[new BpeMerge(symbols[i - 1], symbols[i])] = counts.GetValueOrDefault(new BpeMerge(symbols[i - 1], symbols[i]))
                        + count;
            if (counts.Count == 0)
                break;
            var best = counts.Aggregate((a, b) => Compare(a, b) >= 0 ? a : b);
            if (best.Value < minFrequency)
                break;
            learned.Add(best.Key);
            corpus = [.. corpus.Select(w => (Replace(w.Symbols, best.Key), w.Count))];
        }
        return learned;
    }

    public static List<string> Apply(string word, IReadOnlyList<BpeMerge> merges)
    {
        var symbols = Split(word);
        while (true)
        {
            var pairs = symbols.Zip(symbols.Skip(1), (a, b) => new BpeMerge(a, b)).ToHashSet();
            var first = merges.Cast<BpeMerge?>().FirstOrDefault(m => pairs.Contains(m!.Value));
            if (first is not { } merge)
                break;
            symbols = Replace(symbols, merge);
        }
        if (symbols.Count > 0)
            symbols[^1] = symbols[^1][..^BpeCodes.WordEnd.Length];
        return symbols;
    }

    private static List<string> Split(string word)
    {
        var symbols = word.EnumerateRunes().Select(r => r.ToString()).ToList();
        if (symbols.Count > 0)
            symbols[^1] += BpeCodes.WordEnd;
        return symbols;
    }

    private static List<string> Replace(List<string> symbols, BpeMerge merge)
    {
        var result = new List<string>();
        for (var i = 0; i < symbols.Count; i++)
        {
            var here = i + 1 < symbols.Count && symbols[i] == merge.Left && symbols[i + 1] == merge.Right;
            result.Add(here ? merge.Left + merge.Right : symbols[i]);
            i += here ? 1 : 0;
        }
        return result;
    }

    private static int Compare(KeyValuePair<BpeMerge, long> a, KeyValuePair<BpeMerge, long> b)
    {
        if (a.Value != b.Value)
            return a.Value.CompareTo(b.Value);
        var left = CompareCodePoints(a.Key.Left, b.Key.Left);
        return left != 0 ? left : CompareCodePoints(a.Key.Right, b.Key.Right);
    }

    private static int CompareCodePoints(string a, string b)
    {
        var (x, y) = (a.EnumerateRunes().Select(r => r.Value).ToList(), b.EnumerateRunes().Select(r => r.Value).ToList());
        for (var i = 0; i < Math.Min(x.Count, y.Count); i++)
            if (x[i] != y[i])
                return x[i].CompareTo(y[i]);
        return x.Count.CompareTo(y.Count);
    }
}
