using System.Globalization;
using DistSeq2Seq.Cli.Score;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Compression;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Decoding;

namespace DistSeq2Seq.Cli.Export;

/// <summary>What quantization did to a model: its size, and speed and BLEU where a test set is given.</summary>
internal static class QuantizeReport
{
    /// <summary>Quantizes, writes the model and reports.</summary>
    /// <param name="model">The model before.</param>
    /// <param name="target">Folder to write.</param>
    /// <param name="test">Sources and references, or null.</param>
    /// <param name="output">Where the report goes.</param>
    public static void Write(
        TranslationModel model, string target, (IReadOnlyList<string> Sources, IReadOnlyList<string> References)? test, TextWriter output)
    {
        IReadOnlyList<QuantizedMatrix> matrices;
        using (var checkpoint = LoadedCheckpoint.Open(model.CheckpointPath, CheckpointScope.ModelOnly))
            matrices = Quantization.Write(checkpoint, target);
        foreach (var matrix in matrices)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{matrix.Name,-40} {matrix.Rows,7:N0} x {matrix.Columns,-6:N0} {matrix.Bytes,12:N0} bytes"));
        var (before, after) = (Bytes(model.CheckpointPath), Bytes(target));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{target}: {matrices.Count} matrices of 8-bit integers; the model's file has {before:N0} bytes before, {after:N0} after "
            + $"({(double)before / after:0.00} times)"));
        if (test is not (var sources, var references))
            return;
        using var quantized = TranslationModel.Load(target);
        // Each translates a few lines before the clock runs, so that work that is done once does not count.
        var (whole, small) = (TimedTranslation.Of(model, sources, references), TimedTranslation.Of(quantized, sources, references));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{whole.PerSecond:0.0} sentences a second of processor time before, {small.PerSecond:0.0} after "
            + $"({small.PerSecond / whole.PerSecond:0.00} times)"));
        output.WriteLine($"BLEU {ScoreText.Two(whole.Bleu)} before, {ScoreText.Two(small.Bleu)} after ({sources.Count} sentences)");
    }

    private static long Bytes(string checkpoint)
    {
        var average = new FileInfo(Path.Combine(checkpoint, CheckpointContent.AverageFile));
        return average.Exists ? average.Length : new FileInfo(Path.Combine(checkpoint, CheckpointContent.ModelFile)).Length;
    }
}
