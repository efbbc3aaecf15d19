using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Nn.Stepping;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>Searches for translations of several sentences at once, with one search for each sentence.</summary>
internal static class BatchDecoder
{
    /// <summary>Decodes a batch with one model, without prefixes.</summary>
    /// <param name="model">In evaluation mode.</param>
    /// <param name="sources">Token ids without the end, at least one sentence, the longest first.</param>
    /// <param name="options">How to search.</param>
    /// <param name="cancellation">Stops the work between two steps.</param>
    public static IReadOnlyList<FoundHypothesis>[] Decode(
        Seq2SeqModel model, IReadOnlyList<int[]> sources, DecodingOptions options, CancellationToken cancellation = default) =>
        Decode([model], [.. sources.Select(source => new DecoderInput(source))], options, cancellation);

    /// <summary>Decodes a batch.</summary>
    /// <param name="models">In evaluation mode; the probabilities of several models are averaged.</param>
    /// <param name="inputs">At least one sentence, the longest first.</param>
    /// <param name="options">How to search.</param>
    /// <param name="cancellation">Stops the work between two steps.</param>
    /// <returns>For each source its best hypotheses, best first; none where the model's output is not a number.</returns>
    public static IReadOnlyList<FoundHypothesis>[] Decode(
        IReadOnlyList<Seq2SeqModel> models, IReadOnlyList<DecoderInput> inputs, DecodingOptions options, CancellationToken cancellation)
    {
        using var noGradient = no_grad();
        using var rows = new EnsembleRows(models, [.. inputs.Select(input => input.Tokens)], options.NeedsAttention);
        ISentenceSearch[] searches = options.Search == DecodingSearch.Sample
            ? [.. inputs.Select(input => new SentenceSampler(input, options))]
            : [.. inputs.Select(input => new SentenceSearch(input, options))];
        var active = searches;
        var width = 1;
        while (active.Length > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var candidates = rows.Step(LastTokens(active, width), active.Max(search => search.CandidatesNeeded), Forced(active, width));
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

    /// <summary>
    /// [K·B]. Where a sentence has fewer than K live hypotheses, its first one fills the other rows, whose results are not used.
    /// </summary>
    private static long[] LastTokens(ISentenceSearch[] active, int width)
    {
        var tokens = new long[width * active.Length];
        for (var row = 0; row < tokens.Length; row++)
        {
            var (live, sentence) = Math.DivRem(row, active.Length);
            tokens[row] = active[sentence].TokenOf(live < active[sentence].LiveCount ? live : 0);
        }

        return tokens;
    }

    /// <summary>[K·B], the token that each row must continue with; any token for a row without one. Null if no row has one.</summary>
    private static long[]? Forced(ISentenceSearch[] active, int width) =>
        active.All(search => search.ForcedToken < 0)
            ? null
            : [.. Enumerable.Range(0, width * active.Length).Select(row => (long)Math.Max(0, active[row % active.Length].ForcedToken))];

    /// <summary>[K'·B'], the old row that each new one continues.</summary>
    private static long[] Parents(ISentenceSearch[] active, long[] staying, int width)
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
