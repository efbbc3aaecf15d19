using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;

namespace DistSeq2Seq.Coordinator;

/// <summary>A run folder with its corpus. What goes wrong on the way leaves nothing behind that was not there before.</summary>
public sealed class OpenedRun : IDisposable
{
    private OpenedRun(RunFolder folder, PreparedFolder data) => (Folder, Data) = (folder, data);

    /// <summary>The locked run folder.</summary>
    public RunFolder Folder { get; }

    /// <summary>The prepared corpus.</summary>
    public PreparedFolder Data { get; }

    /// <summary>Opens or creates the run's folder and prepares its corpus.</summary>
    /// <exception cref="ConfigurationException">The folder holds another configuration or is in use.</exception>
    /// <exception cref="DataException">The text is not what the configuration says.</exception>
    public static OpenedRun Open(RunConfiguration configuration, IProgress<PrepareProgress>? progress = null)
    {
        var existed = Directory.Exists(configuration.Run);
        var folder = RunFolder.Open(configuration);
        try
        {
            return new OpenedRun(folder, RunData.Prepare(configuration, folder.DataPath, progress));
        }
        catch
        {
            folder.Dispose();
            if (!existed)
                Directory.Delete(configuration.Run, recursive: true);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Data.Dispose();
        Folder.Dispose();
    }
}
