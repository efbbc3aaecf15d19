using System.Diagnostics;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>Sees checkpoints take shape: they do so in folders with a temporary name.</summary>
internal sealed class CheckpointWatch(string runFolder)
{
    private readonly string _folder = Path.Combine(runFolder, "checkpoints");

    /// <summary>The folder that is being written, or that a killed writer left; null when there is none.</summary>
    public UnfinishedCheckpoint? Unfinished()
    {
        try
        {
            return Directory.EnumerateDirectories(_folder, ".tmp-*").Select(path => new UnfinishedCheckpoint(path)).FirstOrDefault();
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Returns within a moment of the beginning of a checkpoint.</summary>
    public async Task UntilWritingAsync(ChaosRun run) => await SpinAsync(run, () => Unfinished() is not null,
        "a checkpoint is being written");

    /// <summary>How long writing takes, by the first checkpoints.</summary>
    public async Task<TimeSpan> MeasureAsync(ChaosRun run)
    {
        var shortest = TimeSpan.MaxValue; // the others waited for a processor
        for (var i = 0; i < 3; i++)
        {
            await SpinAsync(run, () => Unfinished() is null, "no checkpoint is being written");
            await UntilWritingAsync(run);
            var begun = Stopwatch.GetTimestamp();
            await SpinAsync(run, () => Unfinished() is null, "a checkpoint is written");
            var took = Stopwatch.GetElapsedTime(begun);
            shortest = took < shortest ? took : shortest;
        }

        return shortest;
    }

    /// <summary>Looks again and again without a pause: what is waited for lasts milliseconds.</summary>
    private static async Task SpinAsync(ChaosRun run, Func<bool> condition, string what)
    {
        var end = DateTime.UtcNow + Support.Patience.Long;
        while (!condition())
        {
            if (run.Coordinator.HasExited || DateTime.UtcNow > end)
                throw new TimeoutException($"did not happen{(run.Coordinator.HasExited ? " before the coordinator ended" : "")}: {what}\n"
                    + run.Describe(run.Coordinator));
            await Task.Yield();
        }
    }
}

/// <summary>A checkpoint's temporary folder.</summary>
internal sealed record UnfinishedCheckpoint(string Path)
{
    /// <summary>How far it has come.</summary>
    public string Describe()
    {
        try
        {
            var files = new DirectoryInfo(Path).GetFiles();
            return $"{files.Length} files with {files.Sum(f => f.Length)} bytes";
        }
        catch (IOException)
        {
            return "just gone";
        }
    }
}
