using DistSeq2Seq.Model.Data;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>
/// Translates lines of text. Sentences of about the same length are decoded together; what comes out does not depend on which. For
/// one thread.
/// </summary>
public sealed class Translator
{
    /// <summary>
    /// Source positions of one batch, padding included: what bounds memory when lines are long. 8,192 positions of a bidirectional
    /// encoder with 1,024 units take 64 MiB a copy.
    /// </summary>
    private const int MaxBatchPositions = 8192;

    private readonly TranslationModel _model;
    private readonly DecodingOptions _options;

    /// <param name="model">Stays the caller's.</param>
    /// <param name="options">How to search; null for what the model's configuration says.</param>
    /// <exception cref="Configuration.ConfigurationException">An option is out of range.</exception>
    public Translator(TranslationModel model, DecodingOptions? options = null)
    {
        _model = model;
        _options = options ?? DecodingOptions.From(model.Configuration.Decoding);
        _options.Validate();
    }

    /// <summary>Translates lines.</summary>
    /// <param name="lines">A sentence each; one without tokens gives an empty translation.</param>
    /// <param name="progress">Told how many lines are done.</param>
    /// <param name="cancellation">Gives up between two decoding steps.</param>
    /// <returns>As many translations as lines, in their order.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<Translation> Translate(
        IReadOnlyList<string> lines, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        int[][] sources = [.. lines.Select(line => _model.Source.Encode(line))];
        var translations = new Translation[lines.Count];
        var done = 0;
        foreach (var batch in Batches(sources))
        {
            if (sources[batch[0]].Length == 0)
            {
                foreach (var line in batch)
                    translations[line] = new Translation([new Hypothesis("", [], 0, 0)]);
            }
            else
            {
                var found = BatchDecoder.Decode(_model.Network, [.. batch.Select(line => sources[line])], _options, cancellation);
                for (var i = 0; i < found.Length; i++)
                    translations[batch[i]] = ToTranslation(found[i]);
            }

            progress?.Report(done += batch.Count);
        }

        return translations;
    }

    /// <summary>The lines by length, the longest first, cut into batches; lines without tokens are the last one.</summary>
    private IEnumerable<List<int>> Batches(int[][] sources)
    {
        var batch = new List<int>();
        var longest = 0;
        foreach (var line in Enumerable.Range(0, sources.Length).OrderByDescending(line => sources[line].Length))
        {
            var length = sources[line].Length;
            var isFull = batch.Count == _options.BatchSize || (batch.Count + 1L) * (longest + 1) > MaxBatchPositions;
            if (batch.Count > 0 && (length == 0 ? longest > 0 : isFull))
            {
                yield return batch;
                batch = [];
            }

            if (batch.Count == 0)
                longest = length;
            batch.Add(line);
        }

        if (batch.Count > 0)
            yield return batch;
    }

    private Translation ToTranslation(IReadOnlyList<FoundHypothesis> found) => new(found.Count == 0
        ? [new Hypothesis("", [], double.NaN, double.NaN)]
        : [.. found.Select(f => new Hypothesis(_model.Target.Decode(f.Tokens), f.Tokens, f.Score, f.LogProbability))]);
}
