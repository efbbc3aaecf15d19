using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Evaluation;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>A sentence of the test split.</summary>
/// <param name="Source">The source sentence.</param>
/// <param name="Output">The model's translation.</param>
/// <param name="Reference">The corpus' translation.</param>
public sealed record TestSample(string Source, string Output, string Reference);

/// <summary>How well a model translates its run's test split.</summary>
/// <param name="Bleu">Corpus BLEU of the whole split, 13a tokens; lower-cased when the run's data are.</param>
/// <param name="Samples">Some sentences of it, spread evenly.</param>
public sealed record TestReport(BleuScore Bleu, IReadOnlyList<TestSample> Samples)
{
    /// <summary>Whether a prepared folder has a test split.</summary>
    public static bool HasTestSplit(string preparedFolder) =>
        File.Exists(Path.Combine(preparedFolder, PreparedFolder.SourceTextFile(PreparedFolder.Test)));

    /// <summary>Translates and scores the test split, searching as the model's configuration says.</summary>
    /// <param name="model">The model.</param>
    /// <param name="preparedFolder">The run's prepared corpus, as <c>runs/x/data</c>.</param>
    /// <param name="samples">Sentences to show, 0 or more; at most the whole split.</param>
    /// <param name="progress">Receives the number of sentences that are done.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="DataException">There is no test split, or its two files differ in their number of lines.</exception>
    public static TestReport Run(TranslationModel model, string preparedFolder, int samples, IProgress<int>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        var sourcePath = Path.Combine(preparedFolder, PreparedFolder.SourceTextFile(PreparedFolder.Test));
        var targetPath = Path.Combine(preparedFolder, PreparedFolder.TargetTextFile(PreparedFolder.Test));
        var (sources, references) = (Utf8LineReader.ReadAll(sourcePath), Utf8LineReader.ReadAll(targetPath));
        if (sources.Count != references.Count)
            throw new DataException($"{sourcePath} has {sources.Count} lines and {targetPath} {references.Count}; "
                + "delete the folder and prepare the data again.");

        string[] outputs = [.. new Translator(model).Translate(sources, progress, cancellation).Select(t => t.Text)];
        var bleu = Evaluation.Bleu.Corpus(outputs, references, new BleuOptions { Lowercase = model.Configuration.Data.Lowercase });
        var count = Math.Min(samples, sources.Count);
        return new TestReport(bleu, [.. Enumerable.Range(0, count)
            .Select(i => (int)((long)i * sources.Count / count))
            .Select(i => new TestSample(sources[i], outputs[i], references[i]))]);
    }
}
