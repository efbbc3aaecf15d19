using DistSeq2Seq.Model.Data.Batching;

namespace DistSeq2Seq.Bench.Corpora;

/// <summary>
/// Lengths drawn from those of Multi30k's 29,000 English-French training pairs (Elliott et al. 2016), split into words and marks: 13.1
/// source and 14.9 target tokens on average. How much longer the target is hardly depends on the source's length (1.4 to 2.1
/// tokens on average for sources of 8 to 16), so the two are drawn apart.
/// </summary>
internal static class CaptionLengths
{
    private const int ShortestSource = 4, LeastDifference = -5;

    /// <summary>How many of the corpus's sources have 4, 5, 6, … tokens.</summary>
    private static readonly int[] Sources =
    [
        8, 32, 211, 770, 1698, 2417, 3039, 3310, 3189, 2850, 2536, 2116, 1557, 1323, 992, 790, 602, 444, 302, 208, 183, 115, 91,
        54, 42, 34, 22,
        12, 12, 10, 8, 9, 3, 1, 5, 2, 2, 1,
    ];

    /// <summary>How many of its targets are 5 tokens shorter than their source, 4 shorter, … (six pairs beyond are left out).</summary>
    private static readonly int[] Differences =
        [35, 110, 380, 1230, 2886, 4959, 5326, 4630, 3397, 2298, 1487, 957, 603, 296, 177, 106, 57, 37, 11, 4, 4, 2, 1];

    /// <summary>Draws pairs, the same for the same seed.</summary>
    /// <param name="pairs">How many.</param>
    /// <param name="seed">Of the generator.</param>
    public static IReadOnlyList<(int Source, int Target)> Draw(int pairs, ulong seed)
    {
        var random = new DeterministicRandom(seed);
        var drawn = new (int, int)[pairs];
        for (var i = 0; i < pairs; i++)
        {
            var source = ShortestSource + Pick(Sources, random);
            drawn[i] = (source, Math.Max(1, source + LeastDifference + Pick(Differences, random)));
        }

        return drawn;
    }

    private static int Pick(int[] counts, DeterministicRandom random)
    {
        var left = random.Below(counts.Sum());
        var index = 0;
        while (left >= counts[index])
            left -= counts[index++];
        return index;
    }
}
