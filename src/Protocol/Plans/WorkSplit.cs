namespace DistSeq2Seq.Protocol.Plans;

/// <summary>A contiguous range of micro-batches, [First, End).</summary>
public readonly record struct MicroBatchRange(int First, int End)
{
    /// <summary>Micro-batches in the range.</summary>
    public int Count => End - First;
}

/// <summary>Divides the micro-batches of a step among the members.</summary>
public static class WorkSplit
{
    /// <summary>
    /// Divides micro-batches into contiguous ranges in rank order, in proportion to the members' speeds. Each range has at least one.
    /// </summary>
    /// <param name="microBatches">M, at least the number of members.</param>
    /// <param name="speeds">Speed of each member, for example in micro-batches a second; positive. Equal speeds give an even split.</param>
    /// <exception cref="ArgumentException">Fewer micro-batches than members, or a speed that is not positive and finite.</exception>
    public static IReadOnlyList<MicroBatchRange> Divide(int microBatches, IReadOnlyList<double> speeds)
    {
        if (speeds.Count == 0 || speeds.Count > microBatches)
            throw new ArgumentException($"{microBatches} micro-batches cannot be divided among {speeds.Count} members: each needs at "
                + "least one", nameof(speeds));
        if (speeds.Any(s => !(s > 0 && double.IsFinite(s))))
            throw new ArgumentException($"speeds must be positive, found {string.Join(", ", speeds)}", nameof(speeds));

        var counts = Enumerable.Repeat(1, speeds.Count).ToArray();
        for (var left = microBatches - speeds.Count; left > 0; left--)
        {
            // The next micro-batch goes to the member that would finish it first.
            var best = 0;
            for (var i = 1; i < counts.Length; i++)
            {
                if ((counts[i] + 1) / speeds[i] < (counts[best] + 1) / speeds[best])
                    best = i;
            }

            counts[best]++;
        }

        var ranges = new MicroBatchRange[counts.Length];
        var first = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            ranges[i] = new MicroBatchRange(first, first + counts[i]);
            first += counts[i];
        }

        return ranges;
    }
}
