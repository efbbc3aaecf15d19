using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Model.Data.Corpus;

/// <summary>Finds out whether a folder already holds what a preparation would make.</summary>
internal static class PreparedReuse
{
    /// <summary>The folder's description, if it can be used as it is; null if it must be made.</summary>
    /// <exception cref="DataException">
    /// The folder holds something that is not prepared data, which must not be replaced.
    /// </exception>
    public static PreparedManifest? Find(PrepareOptions options, string directory, CancellationToken cancellation)
    {
        if (File.Exists(directory))
            throw new DataException($"{directory}: is a file, and prepared data need a folder; give another name.");
        if (!Directory.Exists(directory))
            return null;
        if (!File.Exists(Path.Combine(directory, PreparedFolder.ManifestFile)))
            return Directory.EnumerateFileSystemEntries(directory).Any()
                ? throw new DataException($"{directory}: holds files but no {PreparedFolder.ManifestFile}, so it is not prepared "
                    + "data and will not be replaced; give another folder or empty this one.")
                : null;

        PreparedManifest manifest;
        try
        {
            manifest = PreparedFolder.ReadManifest(directory);
        }
        catch (DataException)
        {
            // Prepared data of another version, or damaged: the folder may be replaced.
            return null;
        }
        var wanted = options.InputFiles().ToList();
        if (!OutputsComplete(manifest, directory) || wanted.Count != manifest.Inputs.Count)
            return null;

        var inputs = new List<InputRecord>();
        foreach (var ((split, file), known) in wanted.Zip(manifest.Inputs))
        {
            var now = Record(split, file);
            if (now.Bytes != known.Bytes || split != known.Split)
                return null;
            var untouched = now.Path == known.Path && now.Modified == known.Modified;
            inputs.Add(now with { Sha256 = untouched ? known.Sha256 : InputFile.Hash(file, cancellation) });
        }
        if (PreparedManifest.FingerprintOf(options, inputs) != manifest.Fingerprint)
            return null;
        if (inputs.SequenceEqual(manifest.Inputs))
            return manifest;
        // The same content has new names or times. They are stored, so that the next check need not hash the files again.
        manifest = manifest with { Inputs = inputs };
        DurableFile.WriteText(Path.Combine(directory, PreparedFolder.ManifestFile), DataJson.Write(manifest));
        return manifest;
    }

    /// <summary>The record of an input without its hash, which needs no reading.</summary>
    public static InputRecord Record(string split, string file)
    {
        var info = InputFile.Look(file);
        return new InputRecord(split, info.FullName, info.Length, info.LastWriteTimeUtc.Ticks, "");
    }

    private static bool OutputsComplete(PreparedManifest manifest, string directory) =>
        manifest.Files.All(f => new FileInfo(Path.Combine(directory, f.Name)) is { Exists: true } info && info.Length == f.Bytes);
}
