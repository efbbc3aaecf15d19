using System.Text.Json.Nodes;
using DistSeq2Seq.Model.Checkpoints.Averaging;
using DistSeq2Seq.Model.Checkpoints.Compression;
using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Model.Checkpoints.Folders;

/// <summary>A checkpoint outside any run, made for example by averaging or pruning. Its folder is enough to translate.</summary>
public static class StandaloneCheckpoint
{
    /// <summary>Writes a checkpoint as a folder that appears whole or not at all.</summary>
    /// <param name="path">The folder; it must not exist, or be empty.</param>
    /// <param name="content">What to write; its buffers must stay unchanged meanwhile.</param>
    /// <exception cref="ArgumentException">The content contradicts itself; nothing was written.</exception>
    /// <exception cref="CheckpointException">Something is there already, or the folder could not be written.</exception>
    public static void Write(string path, CheckpointContent content)
    {
        content.Validate();
        RequireNew(path);
        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        var parent = System.IO.Path.GetDirectoryName(path)!;
        var files = new DurableFiles();
        try
        {
            Directory.CreateDirectory(parent);
            using var staging = new StagingFolder(
                System.IO.Path.Combine(parent, CheckpointFolder.NewStagingName(content.State.Step)));
            new CheckpointFolderWriter(files, staging.Path, CancellationToken.None).WriteAll(content);
            if (Directory.Exists(path))
                Directory.Delete(path);
            files.Rename(staging.Path, path);
            files.FlushFolder(parent);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                path, $"could not be written: {e.Message} See that the disk has room and {parent} can be written to.", e);
        }
    }

    /// <summary>Writes a model derived from another one, with other parameters and without optimizer state.</summary>
    /// <param name="path">The folder; it must not exist, or be empty.</param>
    /// <param name="origin">The checkpoint it is derived from, which gives layout, step, vocabularies and tokenizer.</param>
    /// <param name="parameters">Flat, in the layout's order.</param>
    /// <param name="training">How it was made, written to <c>state.json</c> under <c>training</c>.</param>
    /// <param name="quantized">Matrices to write as 8-bit integers.</param>
    /// <exception cref="CheckpointException">Something is there already, or the folder could not be written.</exception>
    internal static void WriteDerived(
        string path, LoadedCheckpoint origin, float[] parameters, JsonObject training, IReadOnlyList<QuantizedMatrix>? quantized = null) =>
        Write(path, new CheckpointContent
        {
            Layout = origin.Layout,
            Parameters = FloatBuffer.Of(parameters),
            Quantized = quantized ?? [],
            State = origin.State with
            {
                // Measurements and slots belong to the origin; digests and hashes are computed anew.
                ReplicaDigest = "",
                Slots = [],
                Files = [],
                ValidationHistory = [],
                BestValidationLoss = null,
                Metrics = new Dictionary<string, double>(),
                Training = training,
                WrittenAt = default,
            },
            Attachments = [.. CheckpointAverage.CarriedAlong(origin.State)
                .Select(file => CheckpointAttachment.Copy(origin.AttachmentPath(file.Name)))],
        });

    /// <summary>Refuses a path where something is already.</summary>
    /// <exception cref="CheckpointException">A file, or a folder that is not empty, has this path.</exception>
    public static void RequireNew(string path)
    {
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            throw new CheckpointException(path, "is there already; remove it or name a folder that does not exist");
    }
}
