using System.Globalization;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;

namespace DistSeq2Seq.Cli.Inspect;

/// <summary>One checkpoint: where the training stood, what was measured, and every tensor and file.</summary>
internal static class CheckpointView
{
    /// <summary>Verifies the checkpoint's model and describes it.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="output">Where to.</param>
    /// <returns>Whether it is intact.</returns>
    /// <exception cref="ConfigurationException">There is no such folder.</exception>
    public static bool Show(string path, TextWriter output)
    {
        if (!Directory.Exists(path))
            throw new ConfigurationException($"--checkpoint {path}: there is no such folder; name a checkpoint, as "
                + "runs/quickstart/checkpoints/step-000001008");
        try
        {
            using var checkpoint = LoadedCheckpoint.Open(path, CheckpointScope.ModelOnly);
            Write(checkpoint, output);
            return true;
        }
        catch (CheckpointException e)
        {
            output.WriteLine($"damaged: {e.Message}");
            return false;
        }
    }

    private static string Loss(double? loss) => loss is { } value ? value.ToString("0.0000", CultureInfo.InvariantCulture) : "not measured";

    private static void Write(LoadedCheckpoint checkpoint, TextWriter output)
    {
        var state = checkpoint.State;
        Line("checkpoint", $"{checkpoint.Path}");
        var next = $"epoch {state.Epoch + 1}, batch {state.BatchIndex + 1}";
        Line("step", $"{state.Step:N0} of run {state.RunId} (next: {next}), seed {state.Seed}");
        Line("validation", $"{Loss(state.ValidationLossHere())} at this step, {Loss(state.BestValidationLoss)} at best");
        Line("corpus", $"{state.CorpusDigest}");
        Line("digest", $"{(state.ReplicaDigest.Length > 0 ? state.ReplicaDigest : "-")}");
        var slots = state.Slots.Count > 0 ? string.Join(", ", state.Slots) : "none: it translates, and training cannot go on from it";
        Line("optimizer", $"{slots}");
        Line("written", $"{state.WrittenAt:u} by {string.Join(", ", state.Versions.Select(version => $"{version.Key} {version.Value}"))}");
        foreach (var file in state.Files)
            Line("file", $"{file.Name,-40} {file.Size,14:N0} bytes");
        foreach (var tensor in checkpoint.Layout.Tensors)
            Line("tensor", $"{tensor.Name,-40} {tensor.Count,14:N0} in [{string.Join(", ", tensor.Shape)}]");
        Line("parameters", $"{checkpoint.Layout.Count:N0} in {checkpoint.Layout.Tensors.Count} tensors");

        void Line(string name, FormattableString value) => output.WriteLine($"{name,-12}{value.ToString(CultureInfo.InvariantCulture)}");
    }
}
