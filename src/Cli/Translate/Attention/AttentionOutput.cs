using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Decoding;

namespace DistSeq2Seq.Cli.Translate.Attention;

/// <summary>Where the attention of translations goes. It is there whole after <see cref="Complete"/>, or not at all.</summary>
internal abstract class AttentionOutput : IDisposable
{
    private const string JsonExtension = ".json";

    /// <summary>Opens a JSON file, where the path ends in <c>.json</c>, or a folder of pictures.</summary>
    /// <param name="path">The file, which is replaced, or the folder, which must be new or empty; null for no output.</param>
    /// <exception cref="DataException">It can not be made.</exception>
    public static AttentionOutput? Open(string? path)
    {
        if (path is null)
            return null;
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        if (path.Length == 0 || parent is null || !Directory.Exists(parent))
            throw new DataException($"--attention \"{path}\": there is no folder {parent}; make it first");
        if (path.EndsWith(JsonExtension, StringComparison.OrdinalIgnoreCase))
        {
            return Directory.Exists(path)
                ? throw new DataException($"--attention {path}: is a folder, and the name of a file is needed")
                : new AttentionFile(path);
        }

        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            throw new DataException($"--attention {path}: is there already; give a new or empty folder for pictures, or a file that ends "
                + $"in {JsonExtension}");
        return new AttentionPictures(Path.TrimEndingDirectorySeparator(path));
    }

    /// <summary>Takes in the translations of a line.</summary>
    /// <param name="line">Number of the line, from 0.</param>
    /// <param name="translation">With attention.</param>
    public abstract void Add(long line, Translation translation);

    /// <summary>Puts the output in its place.</summary>
    public abstract void Complete();

    /// <summary>Removes what was not completed.</summary>
    public abstract void Dispose();
}
