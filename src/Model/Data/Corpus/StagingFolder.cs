namespace DistSeq2Seq.Model.Data;

/// <summary>
/// A temporary folder beside the one to be made, renamed into place when complete: the target is there whole or not at all.
/// A lock file inside tells a live one from what a killed process left behind, which the next one removes.
/// </summary>
internal sealed class StagingFolder : IDisposable
{
    private const string LockFile = ".lock";

    /// <summary>A folder is without its lock for moments only; what is older than this was left behind.</summary>
    private static readonly TimeSpan UnlockedLeftoverAge = TimeSpan.FromHours(1);

    private readonly string _target;
    private FileStream? _lock;

    public StagingFolder(string target)
    {
        _target = System.IO.Path.GetFullPath(target).TrimEnd(System.IO.Path.DirectorySeparatorChar);
        RemoveLeftovers();
        Path = $"{Prefix}{Guid.NewGuid():N}";
        Directory.CreateDirectory(Path);
        _lock = new FileStream(System.IO.Path.Combine(Path, LockFile), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

    /// <summary>The temporary folder.</summary>
    public string Path { get; }

    private string Prefix =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(_target)!, $".{System.IO.Path.GetFileName(_target)}.staging-");

    /// <summary>Flushes the folder and renames it to the target; an older target is replaced.</summary>
    public void Publish()
    {
        _lock!.Dispose();
        _lock = null;
        DurableFile.FlushDirectory(Path);
        var old = $"{Prefix}{Guid.NewGuid():N}";
        var replaces = Directory.Exists(_target);
        if (replaces)
            Directory.Move(_target, old);
        Directory.Move(Path, _target);
        DurableFile.FlushDirectory(System.IO.Path.GetDirectoryName(_target)!);
        if (replaces)
            Directory.Delete(old, recursive: true);
    }

    /// <summary>Removes the temporary folder unless it was published.</summary>
    public void Dispose()
    {
        _lock?.Dispose();
        _lock = null;
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }

    private void RemoveLeftovers()
    {
        var parent = System.IO.Path.GetDirectoryName(_target)!;
        if (!Directory.Exists(parent))
            return;
        foreach (var leftover in Directory.EnumerateDirectories(parent, System.IO.Path.GetFileName(Prefix) + "*"))
        {
            try
            {
                // A live preparation holds its lock, and opening it throws.
                using (new FileStream(System.IO.Path.Combine(leftover, LockFile), FileMode.Open, FileAccess.Write, FileShare.None))
                {
                }
                Directory.Delete(leftover, recursive: true);
            }
            catch (FileNotFoundException)
            {
                // Just being made or just being renamed; or, when it is old, what a kill at such a moment left.
                if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(leftover) > UnlockedLeftoverAge)
                    Directory.Delete(leftover, recursive: true);
            }
            catch (IOException)
            {
                // Locked: another process is at work.
            }
        }
    }
}
