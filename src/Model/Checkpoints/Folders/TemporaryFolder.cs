namespace DistSeq2Seq.Model.Checkpoints.Folders;

/// <summary>
/// A folder in which a checkpoint takes shape, with a locked file beside it. The system lets go of the lock when the
/// writer ends, however it ends, so that others can tell an abandoned folder from one in use.
/// </summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly FileStream _held;

    public TemporaryFolder(string parent, long step)
    {
        Path = System.IO.Path.Combine(parent, CheckpointFolder.NewTemporaryName(step));
        // The lock comes first: a folder without a held lock is fair game.
        _held = OpenLock(Path);
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch
        {
            _held.Dispose();
            throw;
        }
    }

    public string Path { get; }

    /// <summary>Removes a temporary folder unless its writer lives.</summary>
    public static bool TryRemoveAbandoned(string path)
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

    /// <summary>Deletes a folder as far as possible; what stays is under a name that nobody reads, and goes next
    /// time.</summary>
    /// <returns>Whether it was there and is gone.</returns>
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

    /// <summary>Deletes whatever is under the temporary name and lets go of it.</summary>
    public void Dispose()
    {
        TryDelete(Path);
        _held.Dispose();
    }

    private static FileStream OpenLock(string path) => new(
        CheckpointFolder.LockOf(path),
        FileMode.OpenOrCreate,
        FileAccess.ReadWrite,
        FileShare.None,
        bufferSize: 1,
        FileOptions.DeleteOnClose);
}
