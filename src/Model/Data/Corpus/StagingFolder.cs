using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Model.Data.Corpus;

/// <summary>
/// A temporary folder beside the one to be made, renamed into place when complete: the target is there whole or not at
/// all.
/// A lock file inside tells a live one from what a killed process left behind, which the next one removes.
/// </summary>
internal sealed class StagingFolder : IDisposable
{
    private const string LockFile = ".lock";

    /// <summary>A folder is without its lock for moments only; what is older than this was left behind.</summary>
    private static readonly TimeSpan UnlockedLeftoverAge = TimeSpan.FromHours(1);

    private const int MaxAttempts = 16;

    private readonly string _target;
    private FileStream? _lock;

    public StagingFolder(string target)
    {
        _target = System.IO.Path.GetFullPath(target).TrimEnd(System.IO.Path.DirectorySeparatorChar);
        Path = $"{Prefix}{Guid.NewGuid():N}";
        try
        {
            RemoveLeftovers();
            Directory.CreateDirectory(Path);
            // Locked before it has the name that others look for: a file is there for a moment before it is locked.
            var unlocked = LockPath + ".new";
            _lock = new FileStream(unlocked, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
            File.Move(unlocked, LockPath);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{target}: cannot be made: {error.Message} Give a folder on a disk that may be written to.", error);
        }
    }

    /// <summary>The temporary folder.</summary>
    public string Path { get; }

    private string LockPath => System.IO.Path.Combine(Path, LockFile);

    private string Prefix =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(_target)!, $".{System.IO.Path.GetFileName(_target)}.staging-");

    /// <summary>Flushes the folder and renames it to the target; an older target is replaced.</summary>
    public void Publish()
    {
        Unlock();
        DurableFile.FlushDirectory(Path);
        for (var attempt = 1; !TryMove(Path, _target); attempt++)
        {
            // Something is there: what was prepared before, or what another process prepared at the same time.
            var old = $"{Prefix}{Guid.NewGuid():N}";
            if (TryMove(_target, old))
                DeleteWhateverIsThere(old);
            else if (attempt == MaxAttempts)
                throw new IOException($"{_target}: cannot be replaced by {Path}.");
        }
        DurableFile.FlushDirectory(System.IO.Path.GetDirectoryName(_target)!);
    }

    /// <summary>Removes the temporary folder unless it was published.</summary>
    public void Dispose()
    {
        Unlock();
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }

    private void Unlock()
    {
        if (_lock is null)
            return;
        File.Delete(LockPath);
        _lock.Dispose();
        _lock = null;
    }

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

    // Two processes may clear away the same folder at once.
    private static void DeleteWhateverIsThere(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The other one was faster.
        }
        catch (FileNotFoundException)
        {
            // The other one is at it.
        }
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
                DeleteWhateverIsThere(leftover);
            }
            catch (FileNotFoundException)
            {
                // Just being made or just being renamed; or, when it is old, what a kill at such a moment left.
                if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(leftover) > UnlockedLeftoverAge)
                    DeleteWhateverIsThere(leftover);
            }
            catch (IOException)
            {
                // Locked: another process is at work.
            }
        }
    }
}
