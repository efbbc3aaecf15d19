using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Tokenizers;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>
/// Translates lines of text. Sentences of about the same length are decoded together; a translation does not depend on the other
/// sentences. For one thread.
/// </summary>
public sealed class Translator
{
    /// <summary>
    /// Most source positions of one batch, padding included. They bound memory when lines are long: 8,192 positions of a bidirectional
    /// encoder with 1,024 units take 64 MiB a copy.
    /// </summary>
    private const int MaxBatchPositions = 8192;

    private const string EndName = "</s>";

    private readonly TranslationModel _model;
    private readonly Nn.Seq2SeqModel[] _networks;
    private readonly DecodingOptions _options;
    private readonly OutputText _text;

    /// <param name="model">The model; the caller disposes of it.</param>
    /// <param name="options">How to search; the options of the model's configuration if null.</param>
    /// <exception cref="ConfigurationException">An option is out of range, or asks for attention that the model lacks.</exception>
    /// <exception cref="DataException">The dictionary cannot be read.</exception>
    public Translator(TranslationModel model, DecodingOptions? options = null)
        : this([model], options)
    {
    }

    /// <param name="models">The models, whose probabilities are averaged; the caller disposes of them.</param>
    /// <param name="options">How to search; the options of the first model's configuration if null.</param>
    /// <exception cref="ConfigurationException">
    /// An option is out of range or asks for attention that no model has, or the models differ in their vocabularies.
    /// </exception>
    /// <exception cref="DataException">The dictionary cannot be read.</exception>
    public Translator(IReadOnlyList<TranslationModel> models, DecodingOptions? options = null)
    {
        Ensemble.Require(models);
        foreach (var model in models)
            model.Pack();
        _model = models[0];
        _networks = [.. models.Select(model => model.Network)];
        _options = options ?? DecodingOptions.From(_model.Configuration.Decoding);
        _options.Validate();
        if (_options.NeedsAttention && !Ensemble.HasAttention(models))
        {
            throw new ConfigurationException($"{_model.CheckpointPath} has no attention (model.attention is none), which the coverage "
                + "penalty, the replacement of unknown tokens and the output of attention need; leave them out");
        }

        var replacements = !_options.ReplaceUnknown
            ? null
            : _options.Dictionary.Length > 0 ? ReplacementDictionary.Load(_options.Dictionary) : ReplacementDictionary.Empty;
        _text = new OutputText(_model.Target, replacements);
    }

    /// <summary>Translates lines.</summary>
    /// <param name="lines">A sentence each; one without tokens gives an empty translation.</param>
    /// <param name="progress">Receives the number of lines that are done.</param>
    /// <param name="cancellation">Stops the work between two decoding steps.</param>
    /// <param name="prefixes">What each line's translation begins with; null or empty texts for nothing.</param>
    /// <param name="firstLine">Number of the first line, from 0, where the lines are a part of a longer text. Samples depend on
    /// it.</param>
    /// <returns>As many translations as lines, in their order.</returns>
    /// <exception cref="ArgumentException">There are not as many prefixes as lines.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<Translation> Translate(
        IReadOnlyList<string> lines,
        IProgress<int>? progress = null,
        CancellationToken cancellation = default,
        IReadOnlyList<string>? prefixes = null,
        long firstLine = 0)
    {
        if (prefixes is not null && prefixes.Count != lines.Count)
            throw new ArgumentException($"{prefixes.Count} prefixes for {lines.Count} lines; each line needs one, empty or not",
                nameof(prefixes));
        DecoderInput[] inputs = [.. lines.Select((line, i) => Input(line, prefixes?[i] ?? "", firstLine + i))];
        var translations = new Translation[lines.Count];
        var done = 0;
        foreach (var batch in Batches([.. inputs.Select(input => input.Tokens)]))
        {
            if (inputs[batch[0]].Tokens.Length == 0)
            {
                foreach (var line in batch)
                    translations[line] = OfNothing(inputs[line], prefixes?[line] ?? "");
            }
            else
            {
                var found = BatchDecoder.Decode(_networks, [.. batch.Select(line => inputs[line])], _options, cancellation);
                for (var i = 0; i < found.Length; i++)
                    translations[batch[i]] = ToTranslation(found[i], lines[batch[i]], prefixes?[batch[i]] ?? "");
            }

            progress?.Report(done += batch.Count);
        }

        return translations;
    }

    private DecoderInput Input(string line, string prefix, long number) => new(
        _model.Source.Encode(line), _model.Target.Encode(prefix), SeedMixer.Mix(SeedMixer.Finalize((ulong)_options.Seed), (ulong)number));

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

    private Translation OfNothing(DecoderInput input, string prefix) =>
        new([new Hypothesis(_text.Join(_model.Target.Tokenizer.Tokenize(prefix)), input.Prefix, 0, 0)]);

    private Translation ToTranslation(IReadOnlyList<FoundHypothesis> found, string line, string prefix)
    {
        if (found.Count == 0)
            return new Translation([new Hypothesis("", [], double.NaN, double.NaN)]);

        var (source, given) = (_model.Source.Tokenizer.Tokenize(line), _model.Target.Tokenizer.Tokenize(prefix));
        return new Translation([.. found.Select(f =>
        {
            var tokens = _text.Tokens(f, source, given);
            return new Hypothesis(_text.Join(tokens), f.Tokens, f.Score, f.LogProbability)
            {
                Attention = f.Attention?.Weights is { } weights
                    ? new AttentionMatrix([.. source, EndName], [.. tokens, EndName], weights)
                    : null,
            };
        })]);
    }
}
