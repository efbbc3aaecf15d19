using DistSeq2Seq.Model.Data.Corpus;

namespace DistSeq2Seq.Model.Data.Batching;

/// <summary>
/// The numbers of one micro-batch as they go into tensors, time-major: position t of sentence b is element t × B + b, with B sentences
/// (<see cref="BatchSize"/>), S source positions and T target positions. S and T include the end token of the longest sentence. Buffers
/// are reused by the next filling, so spans are valid until then. For one thread.
/// </summary>
public sealed class MicroBatchArrays
{
    private long[] _source = [];
    private long[] _sourceLengths = [];
    private long[] _targetLengths = [];
    private long[] _targetInput = [];
    private long[] _targetOutput = [];

    /// <summary>B: sentences; 0 when the micro-batch is empty.</summary>
    public int BatchSize { get; private set; }

    /// <summary>S: positions of the longest source, its <c>&lt;/s&gt;</c> included.</summary>
    public int SourceLength { get; private set; }

    /// <summary>T: positions of the longest target, its <c>&lt;s&gt;</c> or <c>&lt;/s&gt;</c> included.</summary>
    public int TargetLength { get; private set; }

    /// <summary>
    /// Target positions without padding, each sentence's <c>&lt;/s&gt;</c> included: the sum of <see cref="TargetLengths"/>.
    /// </summary>
    public long TargetTokens { get; private set; }

    /// <summary>[S, B] source ids, <c>&lt;/s&gt;</c> after each sentence, then <c>&lt;pad&gt;</c>.</summary>
    public ReadOnlySpan<long> Source => _source.AsSpan(0, SourceLength * BatchSize);

    /// <summary>[B] source lengths, <c>&lt;/s&gt;</c> included.</summary>
    public ReadOnlySpan<long> SourceLengths => _sourceLengths.AsSpan(0, BatchSize);

    /// <summary>[B] target lengths, <c>&lt;/s&gt;</c> included.</summary>
    public ReadOnlySpan<long> TargetLengths => _targetLengths.AsSpan(0, BatchSize);

    /// <summary>[T, B] decoder input: <c>&lt;s&gt;</c>, the sentence, then <c>&lt;pad&gt;</c>.</summary>
    public ReadOnlySpan<long> TargetInput => _targetInput.AsSpan(0, TargetLength * BatchSize);

    /// <summary>[T, B] expected decoder output: the sentence, <c>&lt;/s&gt;</c>, then <c>&lt;pad&gt;</c>.</summary>
    public ReadOnlySpan<long> TargetOutput => _targetOutput.AsSpan(0, TargetLength * BatchSize);

    /// <summary>Fills in sentence pairs of a corpus, in the order given.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="sentences">Indices of pairs; none gives an empty micro-batch.</param>
    public void Fill(PreparedCorpus corpus, ReadOnlySpan<int> sentences)
    {
        var (longestSource, longestTarget) = (0, 0);
        foreach (var sentence in sentences)
        {
            longestSource = Math.Max(longestSource, corpus.SourceLength(sentence) + 1);
            longestTarget = Math.Max(longestTarget, corpus.TargetLength(sentence) + 1);
        }
        Reserve(sentences.Length, longestSource, longestTarget);
        for (var b = 0; b < sentences.Length; b++)
        {
            PutSource(b, corpus.Source(sentences[b]));
            PutTarget(b, corpus.Target(sentences[b]));
        }
    }

    /// <summary>Fills in sentence pairs that are in no corpus, in the order given.</summary>
    /// <param name="sources">Source ids without special tokens.</param>
    /// <param name="targets">Target ids without special tokens, one for each source.</param>
    /// <exception cref="ArgumentException">There are not as many targets as sources.</exception>
    public void FillPairs(IReadOnlyList<int[]> sources, IReadOnlyList<int[]> targets)
    {
        if (sources.Count != targets.Count)
            throw new ArgumentException($"{targets.Count} targets for {sources.Count} sources; a pair has both", nameof(targets));
        Reserve(sources.Count, sources.Count == 0 ? 0 : sources.Max(s => s.Length) + 1, sources.Count == 0
            ? 0
            : targets.Max(t => t.Length) + 1);
        for (var b = 0; b < sources.Count; b++)
        {
            PutSource(b, sources[b]);
            PutTarget(b, targets[b]);
        }
    }

    /// <summary>Fills in source sentences alone, for translating; T is then 0.</summary>
    /// <param name="sources">Source ids without special tokens, in the order given.</param>
    public void FillSources(IReadOnlyList<int[]> sources)
    {
        Reserve(sources.Count, sources.Count == 0 ? 0 : sources.Max(s => s.Length) + 1, 0);
        for (var b = 0; b < sources.Count; b++)
            PutSource(b, sources[b]);
    }

    /// <summary>Replaces a true word in the decoder's input by another one.</summary>
    /// <param name="time">Position, from 1: the first input is always <c>&lt;s&gt;</c>.</param>
    /// <param name="sentence">From 0; it has not ended before <paramref name="time"/>.</param>
    /// <param name="id">Target id.</param>
    public void ReplaceInput(int time, int sentence, long id) => _targetInput[(time * BatchSize) + sentence] = id;

    private void Reserve(int batch, int sourceLength, int targetLength)
    {
        (BatchSize, SourceLength, TargetLength, TargetTokens) = (batch, sourceLength, targetLength, 0);
        Grow(ref _sourceLengths, batch);
        Grow(ref _targetLengths, batch);
        _targetLengths.AsSpan(0, batch).Clear();
        Grow(ref _source, checked(sourceLength * batch));
        Grow(ref _targetInput, checked(targetLength * batch));
        Grow(ref _targetOutput, checked(targetLength * batch));
        _source.AsSpan(0, sourceLength * batch).Fill(Vocabulary.Pad);
        _targetInput.AsSpan(0, targetLength * batch).Fill(Vocabulary.Pad);
        _targetOutput.AsSpan(0, targetLength * batch).Fill(Vocabulary.Pad);
    }

    private void PutSource(int b, ReadOnlySpan<int> ids)
    {
        for (var t = 0; t < ids.Length; t++)
            _source[t * BatchSize + b] = ids[t];
        _source[ids.Length * BatchSize + b] = Vocabulary.End;
        _sourceLengths[b] = ids.Length + 1;
    }

    private void PutTarget(int b, ReadOnlySpan<int> ids)
    {
        _targetInput[b] = Vocabulary.Begin;
        for (var t = 0; t < ids.Length; t++)
        {
            _targetOutput[t * BatchSize + b] = ids[t];
            _targetInput[(t + 1) * BatchSize + b] = ids[t];
        }
        _targetOutput[ids.Length * BatchSize + b] = Vocabulary.End;
        _targetLengths[b] = ids.Length + 1;
        TargetTokens += ids.Length + 1;
    }

    private static void Grow(ref long[] buffer, int length)
    {
        if (buffer.Length < length)
            buffer = new long[Math.Max(length, buffer.Length * 2)];
    }
}
