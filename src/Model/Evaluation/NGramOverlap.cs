namespace DistSeq2Seq.Model.Evaluation;

/// <summary>What two sequences share in n-grams of one order.</summary>
/// <param name="Hypothesis">Number of n-grams in the hypothesis.</param>
/// <param name="Reference">Number of n-grams in the reference.</param>
/// <param name="Matches">Sum over distinct n-grams of the smaller of both counts ("clipped" matches).</param>
internal readonly record struct NGramCounts(long Hypothesis, long Reference, long Matches)
{
    public static NGramCounts operator +(NGramCounts a, NGramCounts b) =>
        new(a.Hypothesis + b.Hypothesis, a.Reference + b.Reference, a.Matches + b.Matches);
}

/// <summary>Counts common n-grams of two symbol sequences.</summary>
internal static class NGramOverlap
{
    /// <summary>
    /// Counts for the orders 1 to <paramref name="maximumOrder"/>, at index order - 1. An n-gram is named by an integer that stands
    /// for (name of its first n - 1 symbols, last symbol), so each order costs one dictionary look-up a position.
    /// </summary>
    public static NGramCounts[] Count<T>(IReadOnlyList<T> hypothesis, IReadOnlyList<T> reference, int maximumOrder)
        where T : notnull
    {
        var symbols = new Dictionary<T, int>();
        var hypothesisSymbols = Name(hypothesis, symbols);
        var referenceSymbols = Name(reference, symbols);
        var hypothesisNames = (int[])hypothesisSymbols.Clone();
        var referenceNames = (int[])referenceSymbols.Clone();
        var names = symbols.Count;
        var counts = new NGramCounts[maximumOrder];
        for (var order = 1; order <= maximumOrder; order++)
        {
            if (order > 1)
            {
                var longer = new Dictionary<(int Prefix, int Last), int>();
                hypothesisNames = Extend(hypothesisNames, hypothesisSymbols, order, longer);
                referenceNames = Extend(referenceNames, referenceSymbols, order, longer);
                names = longer.Count;
            }
            var available = new int[names];
            foreach (var name in referenceNames)
                available[name]++;
            long matches = 0;
            foreach (var name in hypothesisNames)
            {
                if (available[name]-- > 0)
                    matches++;
            }
            counts[order - 1] = new NGramCounts(hypothesisNames.Length, referenceNames.Length, matches);
        }
        return counts;
    }

    private static int[] Name<T>(IReadOnlyList<T> sequence, Dictionary<T, int> symbols)
        where T : notnull
    {
        var names = new int[sequence.Count];
        for (var i = 0; i < names.Length; i++)
        {
            if (!symbols.TryGetValue(sequence[i], out names[i]))
                symbols.Add(sequence[i], names[i] = symbols.Count);
        }
        return names;
    }

    private static int[] Extend(int[] prefixes, int[] symbols, int order, Dictionary<(int, int), int> longer)
    {
        var names = new int[Math.Max(0, symbols.Length - order + 1)];
        for (var i = 0; i < names.Length; i++)
        {
            var key = (prefixes[i], symbols[i + order - 1]);
            if (!longer.TryGetValue(key, out names[i]))
                longer.Add(key, names[i] = longer.Count);
        }
        return names;
    }
}
