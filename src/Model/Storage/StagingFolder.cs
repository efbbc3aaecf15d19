namespace DistSeq2Seq.Model.Storage;

/// <summary>
/// A folder under a temporary name, which is renamed once it is complete: under its own name a folder is there whole or not at all.
/// A locked file beside it tells a folder in use from an abandoned one, because the system lets go of the lock when the writer ends,
/// however it ends.
/// </summary>
internal sealed class StagingFolder : IDisposable
{
    private const string LockSuffix = ".lock";
    private const int MaxAttempts = 16;

    private readonly FileStream _held;

    /// <param name="path">The temporary name: a name of its own, beside the later one.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be made here.</exception>
    public StagingFolder(string path)
    {
        Path = path;
        // The lock comes first: a folder whose lock is free may be removed by anybody.
        _held = OpenLock(path);
        try
        {
            Directory.CreateDirectory(path);
        }
        catch
        {
            _held.Dispose();
            throw;
        }
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Removes the folders whose writers have ended.</summary>
    /// <param name="parent">Where they are; it need not exist.</param>
    /// <param name="prefix">What the names of staging folders begin with, and no other names do.</param>
    /// <returns>The names of the folders removed.</returns>
    public static IReadOnlyList<string> RemoveAbandoned(string parent, string prefix)
    {
        if (!Directory.Exists(parent))
            return [];
        var names = Directory.EnumerateFileSystemEntries(parent, prefix + "*").Select(entry => NameOf(System.IO.Path.GetFileName(entry)));
        return [.. names.Distinct().ToArray().Where(name => TryRemoveAbandoned(System.IO.Path.Combine(parent, name)))];
    }

    /// <summary>Deletes a folder as far as that is possible. The rest stays under a name that no reader looks for.</summary>
    /// <returns>Whether the folder was there and is gone.</returns>
    public static bool TryDelete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Flushes the folder's entries and renames it; a folder that has the name already is replaced.</summary>
    /// <param name="target">The later name, in the same parent folder.</param>
    /// <exception cref="IOException">Other processes put a folder there again and again.</exception>
    public void MoveTo(string target)
    {
        DurableFile.FlushDirectory(Path);
        for (var attempt = 1; !TryMove(Path, target); attempt++)
        {
            // An older folder, or one that another process made at the same time.
            var old = $"{Path}-old-{attempt}";
            if (TryMove(target, old))
                TryDelete(old);
            else if (attempt == MaxAttempts)
                throw new IOException($"{target}: cannot be replaced by {Path}.");
        }

        DurableFile.FlushDirectory(System.IO.Path.GetDirectoryName(target)!);
    }

    /// <summary>Deletes a folder that still has the temporary name, and lets go of the name.</summary>
    public void Dispose()
    {
        TryDelete(Path);
        _held.Dispose();
    }

    private static string NameOf(string entry) =>
        entry.EndsWith(LockSuffix, StringComparison.Ordinal) ? entry[..^LockSuffix.Length] : entry;

    private static bool TryRemoveAbandoned(string path)
    {
        try
        {
            using var taken = OpenLock(path);
            return TryDelete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static FileStream OpenLock(string path) => new(
        path + LockSuffix, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);

    private static bool TryMove(string from, string to)
    {
        try
        {
            Directory.Move(from, to);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
