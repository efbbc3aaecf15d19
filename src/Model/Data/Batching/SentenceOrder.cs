using DistSeq2Seq.Model.Data.Corpus;

namespace DistSeq2Seq.Model.Data.Batching;

/// <summary>
/// Sorting sentences by lengths, through 64-bit keys that hold the sentence: all keys differ, so every sort gives the
/// same order.
/// </summary>
internal static class SentenceOrder
{
    private const int LargestLength = ushort.MaxValue;

    /// <summary>
    /// A key that sorts by a first length, a second length, and the sentence; lengths beyond 65,535 count as 65,535.
    /// </summary>
    public static ulong Key(int first, int second, int sentence) =>
        ((ulong)Math.Min(first, LargestLength) << 48) | ((ulong)Math.Min(second, LargestLength) << 32) | (uint)sentence;

    /// <summary>The sentence of a key.</summary>
    public static int Sentence(ulong key) => (int)(uint)key;

    /// <summary>Sorts by source length, longest first, as packed sequences need it, then by index.</summary>
    public static void BySourceLength(PreparedCorpus corpus, Span<int> sentences) => sentences.Sort((a, b) =>
    {
        var byLength = corpus.SourceLength(b).CompareTo(corpus.SourceLength(a));
        return byLength != 0 ? byLength : a.CompareTo(b);
    });
}
