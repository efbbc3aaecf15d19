using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Nn;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>Searches for translations of several sentences at once; each sentence's search is its own.</summary>
internal static class BatchDecoder
{
    // Of a hypothesis' continuations only as many as the beam is wide can live on, besides the end; two tokens never follow.
    private const int BesidesLive = 3;

    /// <summary>Decodes a batch.</summary>
    /// <param name="model">In evaluation mode.</param>
    /// <param name="sources">Token ids without the end, at least one sentence, the longest first.</param>
    /// <param name="options">How to search.</param>
    /// <param name="cancellation">Gives up between two steps.</param>
    /// <returns>For each source its best hypotheses, best first; none where the model gives no numbers.</returns>
    public static IReadOnlyList<FoundHypothesis>[] Decode(
        Seq2SeqModel model, IReadOnlyList<int[]> sources, DecodingOptions options, CancellationToken cancellation = default)
    {
        using var noGradient = no_grad();
        using var rows = new HypothesisRows(model, sources);
        SentenceSearch[] searches = [.. sources.Select(source => new SentenceSearch(source.Length, options))];
        var active = searches;
        var width = 1;
        while (active.Length > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var candidates = rows.Step(LastTokens(active, width), options.Beam + BesidesLive);
            for (var sentence = 0; sentence < active.Length; sentence++)
                active[sentence].Advance(candidates, sentence);

            long[] staying = [.. Enumerable.Range(0, active.Length).Where(s => !active[s].IsDone).Select(s => (long)s)];
            if (staying.Length == 0)
                break;
            width = staying.Max(s => active[s].LiveCount);
            rows.Select(Parents(active, staying, width), staying.Length == active.Length ? null : staying);
            active = [.. staying.Select(s => active[s])];
        }

        return [.. searches.Select(search => search.Results())];
    }

    /// <summary>[K·B]; where a sentence has fewer live hypotheses, its first one fills the rows, and nobody looks at them.</summary>
    private static long[] LastTokens(SentenceSearch[] active, int width)
    {
        var tokens = new long[width * active.Length];
        for (var row = 0; row < tokens.Length; row++)
        {
            var (live, sentence) = Math.DivRem(row, active.Length);
            tokens[row] = active[sentence].TokenOf(live < active[sentence].LiveCount ? live : 0);
        }

        return tokens;
    }

    /// <summary>[K'·B'], the old row that each new one continues.</summary>
    private static long[] Parents(SentenceSearch[] active, long[] staying, int width)
    {
        var parents = new long[width * staying.Length];
        for (var row = 0; row < parents.Length; row++)
        {
            var (live, place) = Math.DivRem(row, staying.Length);
            var search = active[staying[place]];
            var parent = search.ParentOf(live < search.LiveCount ? live : 0);
            parents[row] = (parent * active.Length) + staying[place];
        }

        return parents;
    }
}
