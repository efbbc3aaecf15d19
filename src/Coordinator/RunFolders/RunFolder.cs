using System.Text.Json;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Storage;

namespace DistSeq2Seq.Coordinator.RunFolders;

/// <summary>
/// The folder of a run: <c>config.yaml</c> (effective configuration), <c>run.json</c> (identity), <c>run.lock</c>, <c>data/</c>
/// (prepared corpus), <c>checkpoints/</c>, <c>journal.jsonl</c>, <c>steps.jsonl</c> (ledger), <c>coordinator.json</c> (endpoints).
/// </summary>
public sealed class RunFolder : IDisposable
{
    /// <summary>File with the addresses of a running coordinator (<see cref="CoordinatorEndpoints"/>).</summary>
    public const string EndpointsFile = "coordinator.json";

    /// <summary>
    /// Error codes of a file that another process has locked: EAGAIN of Linux, EAGAIN of macOS, a sharing violation of Windows.
    /// </summary>
    private static readonly int[] HeldElsewhere = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _lock;

    private RunFolder(string path, FileStream held, string runId) => (Path, _lock, RunId) = (path, held, runId);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>UUID of the run; a resumed run keeps it.</summary>
    public string RunId { get; }

    /// <summary>Prepared corpus.</summary>
    public string DataPath => System.IO.Path.Combine(Path, "data");

    /// <summary>Addresses of the running coordinator.</summary>
    public string EndpointsPath => System.IO.Path.Combine(Path, EndpointsFile);

    /// <summary>Opens or creates the folder of a run and locks it.</summary>
    /// <exception cref="ConfigurationException">The folder holds another configuration, or another coordinator has it open.</exception>
    public static RunFolder Open(RunConfiguration configuration)
    {
        CheckConfiguration(configuration);
        Directory.CreateDirectory(configuration.Run);
        var held = TakeLock(configuration.Run);
        try
        {
            var identity = System.IO.Path.Combine(configuration.Run, "run.json");
            var runId = File.Exists(identity) ? ReadIdentity(identity) : Guid.NewGuid().ToString();
            DurableFile.WriteText(identity, JsonSerializer.Serialize(new { run_id = runId }));
            DurableFile.WriteText(System.IO.Path.Combine(configuration.Run, "config.yaml"), ConfigurationWriter.ToYaml(configuration));
            return new RunFolder(configuration.Run, held, runId);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a folder that holds another run; writes nothing.</summary>
    /// <exception cref="ConfigurationException">The configurations differ; the message names the keys.</exception>
    public static void CheckConfiguration(RunConfiguration configuration)
    {
        var path = System.IO.Path.Combine(configuration.Run, "config.yaml");
        if (!File.Exists(path))
            return;
        var changes = ConfigurationWriter.ForbiddenChanges(ConfigurationReader.Load(path), configuration);
        if (changes.Count > 0)
        {
            throw new ConfigurationException($"{configuration.Run} holds a run of another configuration ({string.Join("; ", changes)}); "
                + "give the run another folder (run: or --run) or go back to the old values");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(EndpointsPath);
        _lock.Dispose();
    }

    private static string ReadIdentity(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("run_id").GetString()!;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ConfigurationException($"{path} is damaged ({e.Message}); it should hold {{\"run_id\":\"UUID\"}}, the run_id of any "
                + "checkpoint's state.json in this folder: restore it, or give the run another folder");
        }
    }

    private static FileStream TakeLock(string run)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(run, "run.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (HeldElsewhere.Contains(e.HResult))
        {
            throw new ConfigurationException($"{run} is in use by another coordinator; wait until it has ended, stop it, or give this run "
                + "another folder (run: or --run)");
        }
    }
}
