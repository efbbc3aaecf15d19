using DistSeq2Seq.Model.Data.Corpus;

namespace DistSeq2Seq.Model.Data.Batching;

/// <summary>The sentences of one global step, cut into micro-batches. A view into an <see cref="EpochPlan"/>.</summary>
public readonly struct GlobalBatch
{
    private readonly PreparedCorpus _corpus;
    private readonly int[] _sentences;
    private readonly ReadOnlyMemory<int> _microStarts;

    internal GlobalBatch(PreparedCorpus corpus, int index, int[] sentences, ReadOnlyMemory<int> microStarts)
    {
        (_corpus, _sentences, _microStarts) = (corpus, sentences, microStarts);
        Index = index;
    }

    /// <summary>Its place in the epoch, from 0.</summary>
    public int Index { get; }

    /// <summary>Number of micro-batches, the same for every batch; with few sentences some are empty.</summary>
    public int MicroBatches => _microStarts.Length - 1;

    /// <summary>Number of sentence pairs.</summary>
    public int SentenceCount => _microStarts.Span[^1] - _microStarts.Span[0];

    /// <summary>
    /// Target tokens of the batch, each sentence's end token included. Gradients are divided by this number.
    /// </summary>
    public long TargetTokens => Tokens(_microStarts.Span[0], _microStarts.Span[^1]);

    /// <summary>
    /// The sentences of a micro-batch as indices into the corpus, longest source first; it may be empty.
    /// </summary>
    /// <param name="micro">From 0 to <see cref="MicroBatches"/> - 1.</param>
    public ReadOnlySpan<int> Sentences(int micro) => _sentences.AsSpan(_microStarts.Span[micro].._microStarts.Span[micro + 1]);

    /// <summary>Target tokens of a micro-batch, each sentence's end token included.</summary>
    /// <param name="micro">From 0 to <see cref="MicroBatches"/> - 1.</param>
    public long MicroTargetTokens(int micro) => Tokens(_microStarts.Span[micro], _microStarts.Span[micro + 1]);

    private long Tokens(int start, int end)
    {
        var tokens = 0L;
        for (var i = start; i < end; i++)
            tokens += _corpus.TargetLength(_sentences[i]) + 1;
        return tokens;
    }
}
