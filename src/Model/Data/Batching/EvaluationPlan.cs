using DistSeq2Seq.Model.Data.Corpus;

namespace DistSeq2Seq.Model.Data.Batching;

/// <summary>
/// A validation corpus cut into fixed pieces in a fixed order. They depend only on the corpus and one limit, so sums over pieces have the
/// same bits whichever process computes which piece. Immutable; for any number of threads.
/// </summary>
public sealed class EvaluationPlan
{
    private readonly PreparedCorpus _corpus;
    private readonly int[] _sentences;
    private readonly List<int> _ends;

    private EvaluationPlan(PreparedCorpus corpus, int[] sentences, List<int> ends) =>
        (_corpus, _sentences, _ends) = (corpus, sentences, ends);

    /// <summary>Number of pieces.</summary>
    public int Count => _ends.Count;

    /// <summary>Cuts a corpus into pieces of sentences of like length.</summary>
    /// <param name="corpus">The validation corpus; it must stay open while the plan is in use.</param>
    /// <param name="maxTokensPerPiece">
    /// Most positions of a piece, padding included: the number of sentences times the length of the longest source or target with its end
    /// token, whichever is longer. It bounds the memory of a piece. A longer sentence is a piece alone. At least 1.
    /// </param>
    public static EvaluationPlan Create(PreparedCorpus corpus, long maxTokensPerPiece)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokensPerPiece, 1);
        var sentences = new int[corpus.Count];
        var keys = new (int Source, int Target, int Index)[corpus.Count];
        for (var i = 0; i < sentences.Length; i++)
        {
            sentences[i] = i;
            keys[i] = (-corpus.SourceLength(i), -corpus.TargetLength(i), i);
        }
        Array.Sort(keys, sentences);

        var ends = new List<int>();
        var start = 0;
        var longest = 0L;
        for (var i = 0; i < sentences.Length; i++)
        {
            var length = Math.Max(corpus.SourceLength(sentences[i]), corpus.TargetLength(sentences[i])) + 1L;
            if (i > start && (i - start + 1) * Math.Max(longest, length) > maxTokensPerPiece)
            {
                ends.Add(i);
                (start, longest) = (i, 0);
            }
            longest = Math.Max(longest, length);
        }
        if (sentences.Length > 0)
            ends.Add(sentences.Length);
        for (var piece = 0; piece < ends.Count; piece++)
            SentenceOrder.BySourceLength(corpus, sentences.AsSpan((piece == 0 ? 0 : ends[piece - 1])..ends[piece]));
        return new EvaluationPlan(corpus, sentences, ends);
    }

    /// <summary>The sentences of a piece as indices into the corpus, longest source first.</summary>
    /// <param name="piece">From 0 to <see cref="Count"/> - 1.</param>
    public ReadOnlySpan<int> Sentences(int piece) => _sentences.AsSpan((piece == 0 ? 0 : _ends[piece - 1]).._ends[piece]);

    /// <summary>Target tokens of a piece, each sentence's end token included.</summary>
    /// <param name="piece">From 0 to <see cref="Count"/> - 1.</param>
    public long TargetTokens(int piece)
    {
        var tokens = 0L;
        foreach (var sentence in Sentences(piece))
            tokens += _corpus.TargetLength(sentence) + 1;
        return tokens;
    }
}
