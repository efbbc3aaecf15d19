using System.Globalization;
using DistSeq2Seq.Cli.Score;
using DistSeq2Seq.Model.Checkpoints.Compression;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Decoding;

namespace DistSeq2Seq.Cli.Export;

/// <summary>What pruning did to a model: zeros of each matrix, and BLEU before and after where a test set is given.</summary>
internal static class PruneReport
{
    /// <summary>Prunes, writes the model and reports.</summary>
    /// <param name="model">The model before.</param>
    /// <param name="share">Share of weights to set to zero.</param>
    /// <param name="target">Folder to write.</param>
    /// <param name="test">Sources and references, or null.</param>
    /// <param name="output">Where the report goes.</param>
    public static void Write(
        TranslationModel model, double share, string target, (IReadOnlyList<string> Sources, IReadOnlyList<string> References)? test,
        TextWriter output)
    {
        IReadOnlyList<PrunedMatrix> matrices;
        using (var checkpoint = LoadedCheckpoint.Open(model.CheckpointPath, CheckpointScope.ModelOnly))
            matrices = MagnitudePruning.Write(checkpoint, share, target);
        foreach (var matrix in matrices)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{matrix.Name,-40} {matrix.Count,12:N0} weights  {100 * matrix.Sparsity,6:0.00} % zero"));
        var (zeros, all) = (matrices.Sum(m => m.Zeros), matrices.Sum(m => m.Count));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{target}: {zeros:N0} of {all:N0} weights are zero ({100.0 * zeros / all:0.00} %)"));
        if (test is not (var sources, var references))
            return;
        using var pruned = TranslationModel.Load(target);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"BLEU {ScoreText.Two(TimedTranslation.Of(model, sources, references).Bleu)} "
            + $"before, {ScoreText.Two(TimedTranslation.Of(pruned, sources, references).Bleu)} after ({sources.Count} sentences)"));
    }
}
