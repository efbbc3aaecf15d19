namespace DistSeq2Seq.Model.Data;

/// <summary>The order of sentences within one tensor.</summary>
internal static class SentenceOrder
{
    /// <summary>Sorts by source length, longest first, as packed sequences need it, then by index.</summary>
    public static void BySourceLength(PreparedCorpus corpus, Span<int> sentences) => sentences.Sort((a, b) =>
    {
        var byLength = corpus.SourceLength(b).CompareTo(corpus.SourceLength(a));
        return byLength != 0 ? byLength : a.CompareTo(b);
    });
}
