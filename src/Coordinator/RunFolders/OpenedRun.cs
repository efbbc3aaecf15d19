using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data.Corpus;

namespace DistSeq2Seq.Coordinator.RunFolders;

/// <summary>A run folder with its corpus. If opening fails, files and folders that it created are removed.</summary>
public sealed class OpenedRun : IDisposable
{
    private OpenedRun(RunFolder folder, PreparedFolder data) => (Folder, Data) = (folder, data);

    /// <summary>The locked run folder.</summary>
    public RunFolder Folder { get; }

    /// <summary>The prepared corpus.</summary>
    public PreparedFolder Data { get; }

    /// <summary>Opens or creates the run's folder and prepares its corpus.</summary>
    /// <exception cref="ConfigurationException">The folder holds another configuration or is in use.</exception>
    /// <exception cref="DataException">The text files do not fit the configuration.</exception>
    public static OpenedRun Open(RunConfiguration configuration, IProgress<PrepareProgress>? progress = null)
    {
        var before = Existing(configuration.Run);
        var folder = RunFolder.Open(configuration);
        try
        {
            return new OpenedRun(folder, RunData.Prepare(configuration, folder.DataPath, progress));
        }
        catch
        {
            folder.Dispose();
            RemoveAllBut(before, configuration.Run);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Data.Dispose();
        Folder.Dispose();
    }

    /// <summary>The folders on the path to <paramref name="run"/> and the entries in it that exist.</summary>
    private static HashSet<string> Existing(string run)
    {
        var found = new HashSet<string>();
        for (var folder = new DirectoryInfo(run); folder is not null; folder = folder.Parent)
        {
            if (folder.Exists)
                found.Add(folder.FullName);
        }

        if (Directory.Exists(run))
            found.UnionWith(Directory.GetFileSystemEntries(Path.GetFullPath(run)));
        return found;
    }

    private static void RemoveAllBut(HashSet<string> before, string run)
    {
        foreach (var entry in new DirectoryInfo(run).GetFileSystemInfos().Where(e => !before.Contains(e.FullName)))
        {
            if (entry is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else
                entry.Delete();
        }

        for (var folder = new DirectoryInfo(run); folder is not null && !before.Contains(folder.FullName); folder = folder.Parent)
            folder.Delete();
    }
}
