using DistSeq2Seq.Model.Data.Corpus;

namespace DistSeq2Seq.Model.Data.Batching;

/// <summary>
/// Cuts the sentences of one global batch into M micro-batches of about equal target tokens and little padding. For one
/// thread: it keeps its buffers.
/// </summary>
internal sealed class MicroBatchCutter
{
    private readonly PreparedCorpus _corpus;
    private readonly int _microBatches;
    private readonly int[] _starts;
    private int[] _order = [];
    private ulong[] _keys = [];

    public MicroBatchCutter(PreparedCorpus corpus, int microBatches)
    {
        (_corpus, _microBatches) = (corpus, microBatches);
        _starts = new int[microBatches];
    }

    /// <summary>
    /// Orders and cuts a batch. Of three orders (as it stands, by target length, by source length), the one with the fewest positions,
    /// padding included, is taken.
    /// </summary>
    /// <param name="batch">
    /// The batch's sentences, reordered in place: micro-batch after micro-batch, each by source length, longest first.
    /// </param>
    /// <param name="starts">[M] set to where in <paramref name="batch"/> each micro-batch begins.</param>
    public void Cut(Span<int> batch, Span<int> starts)
    {
        if (_order.Length < batch.Length)
            (_order, _keys) = (new int[batch.Length], new ulong[batch.Length]);
        var order = _order.AsSpan(0, batch.Length);
        batch.CopyTo(order);
        CutByTokens(order, starts);
        var fewest = Positions(order, starts);
        foreach (var bySource in (ReadOnlySpan<bool>)[false, true])
        {
            Sort(order, bySource);
            CutByTokens(order, _starts);
            var positions = Positions(order, _starts);
            if (positions >= fewest)
                continue;
            fewest = positions;
            order.CopyTo(batch);
            _starts.CopyTo(starts);
        }
        for (var micro = 0; micro < _microBatches; micro++)
            SentenceOrder.BySourceLength(_corpus, batch[starts[micro]..End(starts, micro, batch.Length)]);
    }

    // The batch's tokens are divided into M equal parts. A sentence belongs to the micro-batch in whose part its middle lies. So the
    // tokens of a micro-batch differ from tokens / M by less than the batch's longest sentence.
    private void CutByTokens(ReadOnlySpan<int> order, Span<int> starts)
    {
        var total = 0L;
        foreach (var sentence in order)
            total += _corpus.TargetLength(sentence) + 1;
        var at = 0;
        var before = 0L;
        for (var micro = 0; micro < _microBatches; micro++)
        {
            starts[micro] = at;
            for (; at < order.Length; at++)
            {
                var length = _corpus.TargetLength(order[at]) + 1L;
                // (before + length / 2) / total < (micro + 1) / M, in whole numbers
                if ((Int128)(2 * before + length) * _microBatches >= (Int128)2 * total * (micro + 1))
                    break;
                before += length;
            }
        }
    }

    private long Positions(ReadOnlySpan<int> order, ReadOnlySpan<int> starts)
    {
        var positions = 0L;
        for (var micro = 0; micro < _microBatches; micro++)
        {
            var (source, target) = (0L, 0L);
            var sentences = order[starts[micro]..End(starts, micro, order.Length)];
            foreach (var sentence in sentences)
            {
                source = Math.Max(source, _corpus.SourceLength(sentence) + 1);
                target = Math.Max(target, _corpus.TargetLength(sentence) + 1);
            }
            positions += sentences.Length * (source + target);
        }
        return positions;
    }

    private void Sort(Span<int> order, bool bySource)
    {
        var keys = _keys.AsSpan(0, order.Length);
        for (var i = 0; i < order.Length; i++)
        {
            var (source, target) = (_corpus.SourceLength(order[i]), _corpus.TargetLength(order[i]));
            keys[i] = bySource ? SentenceOrder.Key(source, target, order[i]) : SentenceOrder.Key(target, source, order[i]);
        }
        keys.Sort();
        for (var i = 0; i < order.Length; i++)
            order[i] = SentenceOrder.Sentence(keys[i]);
    }

    private int End(ReadOnlySpan<int> starts, int micro, int length) => micro + 1 < _microBatches ? starts[micro + 1] : length;
}
