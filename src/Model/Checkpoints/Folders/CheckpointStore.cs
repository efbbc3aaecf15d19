using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Model.Checkpoints.Folders;

/// <summary>
/// The checkpoints of a run: folders <c>checkpoints/step-000001200</c> that appear whole or not at all. One process
/// writes; any number may read at the same time, also while checkpoints are removed. Safe for use by several threads.
/// </summary>
public sealed class CheckpointStore
{
    private readonly string _runFolder;
    private readonly DurableFiles _files;
    private readonly Lock _gate = new();

    // Steps whose checkpoint this object wrote or verified, with the stamp of its files at that time; guarded by _gate.
    private readonly Dictionary<long, string> _verified = [];

    /// <summary>Refers to a run's checkpoints; creates nothing.</summary>
    /// <param name="runFolder">The run's folder, in which <c>checkpoints</c> lies or will lie.</param>
    /// <param name="files">File operations; those of the system if null.</param>
    public CheckpointStore(string runFolder, DurableFiles? files = null)
    {
        _runFolder = Path.GetFullPath(runFolder);
        _files = files ?? new DurableFiles();
        Folder = Path.Combine(_runFolder, "checkpoints");
    }

    /// <summary>The folder of all checkpoints.</summary>
    public string Folder { get; }

    /// <summary>The folder that the checkpoint of a step has or would have.</summary>
    public string PathOf(long step) => Path.Combine(Folder, CheckpointFolder.Name(step));

    /// <summary>
    /// Writes a checkpoint: into a temporary folder, every file hashed and flushed to the disk, then renamed. When this
    /// returns, the checkpoint survives a power failure. An older checkpoint of the same step is replaced in one indivisible step.
    /// </summary>
    /// <param name="content">What to write; its buffers must stay unchanged meanwhile.</param>
    /// <param name="cancellation">Stops the work and leaves nothing behind.</param>
    /// <returns>The checkpoint as a listing shows it.</returns>
    /// <exception cref="ArgumentException">The content contradicts itself; nothing was written.</exception>
    /// <exception cref="CheckpointException">It could not be written (disk full, no permission, an attachment missing),
    /// or the tensors are not those of the state's replica digest. Earlier checkpoints are untouched.</exception>
    public CheckpointInfo Write(CheckpointContent content, CancellationToken cancellation = default)
    {
        content.Validate();
        var path = PathOf(content.State.Step);
        lock (_gate)
        {
            try
            {
                CreateFolder();
                using var staging = new StagingFolder(Path.Combine(Folder, CheckpointFolder.NewStagingName(content.State.Step)));
                var state = new CheckpointFolderWriter(_files, staging.Path, cancellation).WriteAll(content);
                MoveIntoPlace(staging.Path, path);
                _files.FlushFolder(Folder);
                _verified[state.Step] = SharedFolder.Stamp(path);
                return new(path, state.Step, state, null);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CheckpointException(path, $"could not be written: {e.Message} Earlier checkpoints are "
                    + "untouched. See that the disk has room and the run's folder can be written to.", e);
            }
        }
    }

    /// <summary>The finished checkpoints by step, the oldest first; damaged ones say what is wrong. Verifies states and
    /// sizes, not the large files' content.</summary>
    public IReadOnlyList<CheckpointInfo> List() => [.. Steps().Select(Glance).OfType<CheckpointInfo>()];

    /// <summary>The newest checkpoint whose hashes and replica digest all match.</summary>
    /// <param name="onDamaged">Called for each newer checkpoint that is damaged, with its path and fault.</param>
    /// <returns>Null if there is none.</returns>
    /// <param name="below">Only checkpoints of earlier steps count.</param>
    public CheckpointInfo? NewestValid(Action<string>? onDamaged = null, long below = long.MaxValue)
    {
        using var loaded = LoadNewest(onDamaged, below: below);
        return loaded is null ? null : new(loaded.Path, loaded.State.Step, loaded.State, null);
    }

    /// <summary>Opens the newest checkpoint whose hashes and replica digest all match.</summary>
    /// <param name="onDamaged">Called for each newer checkpoint that is damaged, with its path and fault.</param>
    /// <param name="scope">Which parts to open.</param>
    /// <param name="below">Only checkpoints of earlier steps count.</param>
    /// <returns>Null if there is none. The caller disposes of the checkpoint.</returns>
    public LoadedCheckpoint? LoadNewest(
        Action<string>? onDamaged = null, CheckpointScope scope = CheckpointScope.Everything, long below = long.MaxValue)
    {
        foreach (var step in Steps().Reverse().Where(step => step < below))
        {
            try
            {
                if (SharedFolder.Read(PathOf(step), path => LoadedCheckpoint.Open(path, scope)) is { } loaded)
                    return loaded;
            }
            catch (CheckpointException e)
            {
                onDamaged?.Invoke(e.Message);
            }
        }
        return null;
    }

    /// <summary>Verifies a checkpoint's hashes and replica digest and opens it.</summary>
    /// <param name="path">Its folder, of this run or of any other.</param>
    /// <exception cref="CheckpointException">It is missing or damaged; the message names the file and the
    /// damage.</exception>
    public LoadedCheckpoint Load(string path) =>
        SharedFolder.Read(path, folder => LoadedCheckpoint.Open(folder))
        ?? throw new CheckpointException(path, "there is no such checkpoint");

    /// <summary>
    /// Removes all checkpoints but the last <paramref name="keepLast"/> and the <paramref name="keepBest"/> with the best validation at
    /// their step. Damaged checkpoints do not count as kept: those older than the newest valid one are removed, newer ones are left for
    /// inspection. Without a valid checkpoint nothing is removed.
    /// </summary>
    /// <param name="keepLast">1 or more.</param>
    /// <param name="keepBest">0 or more.</param>
    /// <returns>The steps removed, in order.</returns>
    /// <exception cref="CheckpointException">A checkpoint could not be removed.</exception>
    /// <remarks>A checkpoint that this object wrote or verified is not hashed again while its files' sizes and times are the same:
    /// reading gigabytes back after every checkpoint would take time from training.</remarks>
    public IReadOnlyList<long> Retain(int keepLast, int keepBest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keepLast, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(keepBest);
        lock (_gate)
        {
            var all = List();
            var keep = Retention.Choose(all, keepLast, keepBest);
            if (all.All(info => keep.Contains(info.Step)) || NewestVerified() is not long newest)
                return [];
            CheckpointInfo[] candidates = [.. all.Where(info => info.Step <= newest)];
            keep = Retention.Choose(candidates, keepLast, keepBest);
            long[] removed =
                [.. candidates.Select(info => info.Step).Where(step => step != newest && !keep.Contains(step))];
            foreach (var step in removed)
                Remove(step);
            return removed;
        }
    }

    /// <summary>Removes the checkpoint of a step that is no longer valid for the run.</summary>
    /// <exception cref="CheckpointException">It could not be removed.</exception>
    public void Discard(long step)
    {
        lock (_gate)
            Remove(step);
    }

    /// <summary>Removes what killed processes left behind: temporary folders whose writer is gone, and checkpoints
    /// whose removal was not finished. A folder that another process is writing is left alone. To be called when a
    /// writer starts.</summary>
    /// <returns>The names of the folders removed.</returns>
    public IReadOnlyList<string> RemoveLeftovers()
    {
        var removed = new List<string>(StagingFolder.RemoveAbandoned(Folder, CheckpointFolder.StagingPrefix));
        if (!Directory.Exists(Folder))
            return removed;
        string[] names = [.. Directory.EnumerateDirectories(Folder).Select(path => Path.GetFileName(path))];
        removed.AddRange(names.Where(name => CheckpointFolder.IsTrash(name) && StagingFolder.TryDelete(Path.Combine(Folder, name))));
        return removed;
    }

    private long? NewestVerified()
    {
        foreach (var step in Steps().Reverse())
        {
            string path = PathOf(step), stamp = SharedFolder.Stamp(path);
            if (stamp.Length > 0 && _verified.GetValueOrDefault(step) == stamp)
                return step;
            try
            {
                using var loaded = SharedFolder.Read(path, folder => LoadedCheckpoint.Open(folder));
                if (loaded is null)
                    continue;
                _verified[step] = stamp;
                return step;
            }
            catch (CheckpointException)
            {
                // Damaged: try the checkpoint before it. Reporting damage is left to NewestValid.
            }
        }
        return null;
    }

    private long[] Steps() => !Directory.Exists(Folder) ? [] :
    [
        .. Directory.EnumerateDirectories(Folder)
            .Select(path => CheckpointFolder.StepOf(Path.GetFileName(path)))
            .OfType<long>()
            .Order(),
    ];

    /// <summary>Looks at a checkpoint without reading its tensors; null where it was removed meanwhile.</summary>
    private CheckpointInfo? Glance(long step)
    {
        var path = PathOf(step);
        try
        {
            return SharedFolder.Read(path, folder =>
            {
                var opened = CheckpointFiles.Open(folder);
                opened.VerifySizes();
                return new CheckpointInfo(folder, step, opened.State, null);
            });
        }
        catch (CheckpointException e)
        {
            return new(path, step, null, e.Message);
        }
    }

    private void CreateFolder()
    {
        if (Directory.Exists(Folder))
            return;
        Directory.CreateDirectory(Folder);
        _files.FlushFolder(_runFolder);
    }

    private void MoveIntoPlace(string staging, string path)
    {
        if (!Directory.Exists(path))
        {
            _files.Rename(staging, path);
            return;
        }
        // After the exchange, the older checkpoint has the staging name and is removed with it.
        if (_files.TryExchange(staging, path))
            return;
        var trash = Path.Combine(Folder, CheckpointFolder.NewTrashName(Path.GetFileName(path)));
        _files.Rename(path, trash);
        _files.Rename(staging, path);
        StagingFolder.TryDelete(trash);
    }

    /// <summary>Renames the checkpoint before deleting it, so that no reader finds half of it.</summary>
    private void Remove(long step)
    {
        _verified.Remove(step);
        var path = PathOf(step);
        var trash = Path.Combine(Folder, CheckpointFolder.NewTrashName(Path.GetFileName(path)));
        try
        {
            _files.Rename(path, trash);
            _files.FlushFolder(Folder);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, $"could not be removed: {e.Message}", e);
        }
        StagingFolder.TryDelete(trash);
    }
}
