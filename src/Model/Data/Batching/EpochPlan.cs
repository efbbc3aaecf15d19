using System.Globalization;
using DistSeq2Seq.Model.Data.Corpus;

namespace DistSeq2Seq.Model.Data.Batching;

/// <summary>
/// Which sentences every micro-batch of an epoch holds: a pure function of (corpus digest, seed, epoch, batching options), so any process
/// can compute any micro-batch. Each sentence is in exactly one batch of the epoch. Memory: one number per sentence, and
/// <c>MicroBatches</c> numbers per batch. Immutable; for any number of threads.
/// <code>
///   order   := random permutation of the sentences
///   order   := stable sort by (bucket of target length, bucket of source length)
///   batches := cut of order, each as long as its target tokens allow
///   batches := random permutation of batches
///   each batch: sorted by exact lengths, cut into M runs of about tokens / M target tokens each
///   each run: sorted by source length, longest first
/// </code>
/// </summary>
public sealed class EpochPlan
{
    private readonly PreparedCorpus _corpus;
    private readonly int[] _sentences;
    private readonly int[] _batchOrder;
    private readonly int[] _microStarts;

    private EpochPlan(PreparedCorpus corpus, int[] sentences, int[] batchOrder, int[] microStarts, BatchingOptions options, int epoch)
    {
        (_corpus, _sentences, _batchOrder, _microStarts) = (corpus, sentences, batchOrder, microStarts);
        (Options, Epoch) = (options, epoch);
    }

    /// <summary>The options it was made with.</summary>
    public BatchingOptions Options { get; }

    /// <summary>The epoch, from 0.</summary>
    public int Epoch { get; }

    /// <summary>Number of global batches.</summary>
    public int Count => _batchOrder.Length;

    /// <summary>Plans an epoch.</summary>
    /// <param name="corpus">The training corpus; it must stay open while the plan is in use.</param>
    /// <param name="options">How to cut it.</param>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <exception cref="DataException">An option is out of its range.</exception>
    public static EpochPlan Create(PreparedCorpus corpus, BatchingOptions options, int epoch)
    {
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        var digest = ulong.Parse(corpus.Digest.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var random = new DeterministicRandom(SeedMixer.Mix(SeedMixer.Mix(SeedMixer.Mix(digest, 0), (ulong)options.Seed), (ulong)epoch));

        var sentences = new int[corpus.Count];
        for (var i = 0; i < sentences.Length; i++)
            sentences[i] = i;
        random.Shuffle(sentences);
        SortIntoBuckets(corpus, sentences, options.BucketWidth);

        var batchEnds = CutBatches(corpus, sentences, options);
        var batchOrder = new int[batchEnds.Count];
        for (var i = 0; i < batchOrder.Length; i++)
            batchOrder[i] = i;
        random.Shuffle(batchOrder);

        var microStarts = CutMicroBatches(corpus, sentences, batchEnds, options.MicroBatches);
        return new EpochPlan(corpus, sentences, batchOrder, microStarts, options, epoch);
    }

    /// <summary>A global batch of the epoch.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public GlobalBatch Batch(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        var first = _batchOrder[index] * Options.MicroBatches;
        return new GlobalBatch(_corpus, index, _sentences, _microStarts.AsMemory(first, Options.MicroBatches + 1));
    }

    private static void SortIntoBuckets(PreparedCorpus corpus, int[] sentences, int width)
    {
        // Sorting by (target bucket, source bucket, place in the shuffle). Every other target bucket runs through its source
        // buckets backwards, so that neighbours are alike also where two target buckets meet.
        const int lastBucket = ushort.MaxValue;
        var keys = new ulong[sentences.Length];
        for (var place = 0; place < keys.Length; place++)
        {
            var target = corpus.TargetLength(sentences[place]) / width;
            var source = Math.Min(corpus.SourceLength(sentences[place]) / width, lastBucket);
            keys[place] = SentenceOrder.Key(target, target % 2 == 0 ? source : lastBucket - source, place);
        }
        Array.Sort(keys, sentences);
    }

    private static List<int> CutBatches(PreparedCorpus corpus, int[] sentences, BatchingOptions options)
    {
        var ends = new List<int>();
        var start = 0;
        var tokens = 0L;
        for (var i = 0; i < sentences.Length; i++)
        {
            var length = corpus.TargetLength(sentences[i]) + 1L;
            var full = tokens + length > options.BatchTokens || (options.MaxSentences > 0 && i - start == options.MaxSentences);
            if (i > start && full)
            {
                ends.Add(i);
                (start, tokens) = (i, 0);
            }
            tokens += length;
        }
        if (sentences.Length > 0)
            ends.Add(sentences.Length);
        return ends;
    }

    private static int[] CutMicroBatches(PreparedCorpus corpus, int[] sentences, List<int> batchEnds, int microBatches)
    {
        var cutter = new MicroBatchCutter(corpus, microBatches);
        var starts = new int[checked(batchEnds.Count * microBatches + 1)];
        var start = 0;
        for (var batch = 0; batch < batchEnds.Count; batch++)
        {
            var ownStarts = starts.AsSpan(batch * microBatches, microBatches);
            cutter.Cut(sentences.AsSpan(start..batchEnds[batch]), ownStarts);
            for (var micro = 0; micro < microBatches; micro++)
                ownStarts[micro] += start;
            start = batchEnds[batch];
        }
        starts[^1] = sentences.Length;
        return starts;
    }
}
