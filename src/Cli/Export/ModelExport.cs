using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Averaging;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Checkpoints.Safetensors;
using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Cli.Export;

/// <summary>
/// A checkpoint's model for other programs: parameters under PyTorch's names in the safetensors format, with the configuration, the
/// vocabularies and the tokenizers.
/// </summary>
internal static class ModelExport
{
    private const string Extension = ".safetensors";

    /// <summary>
    /// Writes the model. A path that ends in <c>.safetensors</c> becomes one file, with the other files as texts in its metadata under
    /// their names; any other path a folder of <c>model.safetensors</c> and the other files.
    /// </summary>
    /// <returns>The files' sizes in bytes, summed.</returns>
    /// <exception cref="CheckpointException">Something is there already, or it cannot be written.</exception>
    public static long Write(LoadedCheckpoint checkpoint, string output)
    {
        StandaloneCheckpoint.RequireNew(output);
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)
                ? WriteFile(checkpoint, path) : WriteFolder(checkpoint, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(output, $"could not be written: {e.Message}", e);
        }
    }

    private static long WriteFile(LoadedCheckpoint checkpoint, string path)
    {
        var metadata = Metadata(checkpoint);
        foreach (var file in CheckpointAverage.CarriedAlong(checkpoint.State))
            metadata[file.Name] = File.ReadAllText(checkpoint.AttachmentPath(file.Name), DurableFile.Utf8);
        WriteTensors(checkpoint, path, metadata);
        return new FileInfo(path).Length;
    }

    private static long WriteFolder(LoadedCheckpoint checkpoint, string path)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(temporary);
            WriteTensors(checkpoint, Path.Combine(temporary, CheckpointContent.ModelFile), Metadata(checkpoint));
            foreach (var file in CheckpointAverage.CarriedAlong(checkpoint.State))
                File.Copy(checkpoint.AttachmentPath(file.Name), Path.Combine(temporary, file.Name));
            var size = new DirectoryInfo(temporary).EnumerateFiles().Sum(file => file.Length);
            if (Directory.Exists(path))
                Directory.Delete(path);
            DurableFile.FlushDirectory(temporary);
            Directory.Move(temporary, path);
            DurableFile.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return size;
        }
        catch
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    private static Dictionary<string, string> Metadata(LoadedCheckpoint checkpoint) => new()
    {
        ["format"] = "pt",
        ["run"] = checkpoint.State.RunId,
        ["step"] = FormattableString.Invariant($"{checkpoint.State.Step}"),
    };

    private static void WriteTensors(LoadedCheckpoint checkpoint, string path, Dictionary<string, string> metadata)
    {
        var values = new float[checkpoint.Layout.Count];
        checkpoint.CopyTranslatingParameters(values);
        var buffer = FloatBuffer.Of(values);
        DurableFile.Write(path, file => SafetensorsWriter.Write(
            file,
            [.. checkpoint.Layout.Tensors.Select(tensor => SafetensorsTensor.Floats(tensor.Name, tensor.Shape, buffer, tensor.Offset))],
            metadata));
    }
}
