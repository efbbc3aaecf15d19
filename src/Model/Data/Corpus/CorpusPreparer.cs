using DistSeq2Seq.Model.Data.Text;

namespace DistSeq2Seq.Model.Data.Corpus;

/// <summary>
/// Turns text files into a prepared folder: <c>prepared.json</c>, <c>tokenizer.json</c>, <c>source.vocab</c>, <c>target.vocab</c>, a
/// <c>.corpus</c> file for each split, and the plain text of validation and test for scores. The training split is read twice, once for
/// the vocabularies and once to encode; with subwords it is read once more before, to learn their merges. Memory holds the word counts
/// only. The result is a pure function of options and file content.
/// </summary>
public static class CorpusPreparer
{
    /// <summary>Prepares a corpus, or finds that it is prepared already.</summary>
    /// <param name="options">What to prepare.</param>
    /// <param name="outputDirectory">
    /// The folder to make. A folder of an earlier preparation is replaced when anything changed.
    /// </param>
    /// <param name="progress">Receives progress reports, from this thread.</param>
    /// <param name="cancellation">Stops the work; nothing is left behind.</param>
    /// <exception cref="DataException">Something is wrong with files or options; nothing is left behind.</exception>
    public static PrepareResult Prepare(
        PrepareOptions options,
        string outputDirectory,
        IProgress<PrepareProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        options.Validate();
        foreach (var (_, file) in options.InputFiles())
            InputFile.Look(file);
        if (PreparedReuse.Find(options, outputDirectory, cancellation) is { } manifest)
            return new PrepareResult(outputDirectory, manifest, Reused: true);

        using var run = new PreparationRun(options, outputDirectory, progress, cancellation);
        return new PrepareResult(outputDirectory, run.Execute(), Reused: false);
    }
}
