using System.Text.Json.Nodes;
using DistSeq2Seq.Model.Checkpoints.Folders;

namespace DistSeq2Seq.Model.Checkpoints.Averaging;

/// <summary>
/// The mean of the parameters of several checkpoints of one model, which often translates better than each of them (Junczys-Dowmunt
/// et al. 2016, section 2). The result can translate, but has no optimizer state, so training cannot continue from it.
/// </summary>
public static class CheckpointAverage
{
    /// <summary>Averages checkpoints and writes the result as a standalone checkpoint folder.</summary>
    /// <param name="paths">
    /// The checkpoints' folders, at least one. Their order does not matter: they are summed by step, then path, in double precision.
    /// </param>
    /// <param name="output">The folder to write; it must not exist, or be empty.</param>
    /// <returns>The steps averaged, ascending.</returns>
    /// <exception cref="CheckpointException">
    /// A checkpoint is missing, damaged, given twice, not finite, or of another model than the others; or the output cannot be written.
    /// Nothing was written.
    /// </exception>
    public static IReadOnlyList<long> Write(IReadOnlyCollection<string> paths, string output)
    {
        ArgumentOutOfRangeException.ThrowIfZero(paths.Count);
        StandaloneCheckpoint.RequireNew(output);
        string[] ordered = [.. Ordered(paths)];
        using var newest = LoadedCheckpoint.Open(ordered[^1], CheckpointScope.ModelOnly);
        var sums = new double[newest.Layout.Count];
        var steps = new List<long>();
        foreach (var path in ordered)
        {
            using var checkpoint = LoadedCheckpoint.Open(path, CheckpointScope.ModelOnly);
            RequireSameModel(checkpoint, newest);
            if (checkpoint.IsQuantized)
                throw new CheckpointException(path, "is quantized; average the checkpoints that it was made of, then quantize their mean");
            Add(checkpoint, sums);
            steps.Add(checkpoint.State.Step);
        }

        var means = Array.ConvertAll(sums, sum => (float)(sum / ordered.Length));
        StandaloneCheckpoint.WriteDerived(
            output, newest, means, new JsonObject { ["averagedSteps"] = new JsonArray([.. steps.Select(step => JsonValue.Create(step))]) });
        return steps;
    }

    /// <summary>The files of a checkpoint that hold no tensors: configuration, vocabularies, tokenizer.</summary>
    public static IEnumerable<CheckpointFileEntry> CarriedAlong(CheckpointState state) =>
        state.Files.Where(file => file.Name is not (CheckpointContent.ModelFile or CheckpointContent.AverageFile
            or CheckpointContent.OptimizerFile));

    private static IEnumerable<string> Ordered(IEnumerable<string> paths)
    {
        var steps = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
            if (!steps.TryAdd(full, CheckpointFiles.Open(full).State.Step))
                throw new CheckpointException(full, "is given twice; name each checkpoint once");
        }
        return steps.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key);
    }

    private static void RequireSameModel(LoadedCheckpoint checkpoint, LoadedCheckpoint newest)
    {
        if (checkpoint.Layout.Digest != newest.Layout.Digest)
            throw new CheckpointException(checkpoint.Path,
                $"its parameters have other names or shapes than those of {newest.Path}; average "
                + "checkpoints of one run");
        foreach (var file in CarriedAlong(newest.State)
            .Where(file => !file.Name.StartsWith("config.", StringComparison.Ordinal)))
        {
            if (checkpoint.State.Files.FirstOrDefault(other => other.Name == file.Name)?.Sha256 != file.Sha256)
                throw new CheckpointException(checkpoint.Path, $"its {file.Name} is another one than that of {newest.Path}; average "
                    + "checkpoints of one run");
        }
    }

    private static void Add(LoadedCheckpoint checkpoint, double[] sums)
    {
        foreach (var tensor in checkpoint.Layout.Tensors)
        {
            var values = checkpoint.Translating.Floats(tensor.Name);
            var target = sums.AsSpan((int)tensor.Offset, values.Length);
            for (var i = 0; i < values.Length; i++)
            {
                if (!float.IsFinite(values[i]))
                    throw new CheckpointException(checkpoint.Path, $"parameter {tensor.Name} holds {values[i]}: the training had broken "
                        + "down; leave it out");
                target[i] += values[i];
            }
        }
    }
}
