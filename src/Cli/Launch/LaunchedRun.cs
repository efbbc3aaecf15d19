using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Cli.Launch;

/// <summary>What the configuration means for the pods of a launch.</summary>
/// <param name="Settings">All overrides that the coordinator gets, the launch's own last.</param>
/// <param name="Threads">Threads of libtorch in each worker.</param>
/// <param name="Cpus">CPUs of each worker.</param>
/// <param name="GraceSeconds">Seconds between SIGTERM and SIGKILL: longer than a process takes before it ends by itself.</param>
internal sealed record LaunchedRun(IReadOnlyList<string> Settings, int Threads, int Cpus, int GraceSeconds)
{
    /// <summary>Seconds that a process has left to end, and the kubelet to notice, once <c>cluster.timeouts.drain</c> is over.</summary>
    private const int FarewellSeconds = 20;

    /// <summary>Where the manifests mount a claim with a corpus.</summary>
    private const string DataFolder = "/data";

    /// <summary>Reads the configuration as the coordinator will, and checks what only matters to pods.</summary>
    /// <exception cref="LaunchException">It names files or ports that pods do not have.</exception>
    /// <exception cref="ConfigurationException">The configuration, with the overrides, is wrong by itself.</exception>
    public static LaunchedRun Of(LaunchOptions options)
    {
        var settings = options.Settings
            .Append($"cluster.workers.min={options.Workers}").Append($"cluster.workers.max={options.Workers}").ToList();
        var run = ConfigurationReader.Parse(options.Configuration, options.ConfigurationName, settings);
        CheckPort(options, "akka", run.Cluster.Ports.Akka, 4053);
        CheckPort(options, "grpc", run.Cluster.Ports.Grpc, 5051);
        CheckPort(options, "http", run.Cluster.Ports.Http, 8080);
        if (RelativeFile(run.Data) is { } file)
        {
            if (options.DataClaim is null)
                throw new LaunchException(
                    $"{options.ConfigurationName}: the corpus has the file '{file}', which pods do not have. Put the files on a "
                    + $"volume and name its claim with --data-claim: it is mounted at {DataFolder}, where relative names then start.");
            settings.Add($"data.folder={DataFolder}");
        }
        var threads = run.Cluster.ThreadsPerWorker;
        var cpus = options.Cpus ?? threads + 1;
        if (cpus < threads)
            throw new LaunchException(
                $"--cpus is '{cpus}'; it must be at least {threads}, the configuration's cluster.threads_per_worker.");
        return new LaunchedRun(settings, threads, cpus, Grace(options.DrainSeconds, run.Cluster.Timeouts.Drain, settings));
    }

    // A pod that is killed before its process gives up has saved nothing, and says nothing of it.
    private static int Grace(int? asked, double drain, List<string> settings)
    {
        if (asked is not { } grace)
            return (int)Math.Ceiling(drain) + FarewellSeconds;
        var most = grace - Math.Min(FarewellSeconds, grace / 5);
        if (drain > most)
            settings.Add($"cluster.timeouts.drain={most}");
        return grace;
    }

    private static void CheckPort(LaunchOptions options, string name, int seen, int right)
    {
        if (seen != right)
            throw new LaunchException(
                $"{options.ConfigurationName}: cluster.ports.{name} is {seen}; services and probes of the pods use {right}, so "
                + "leave it out.");
    }

    // The first file of the corpus whose place depends on the current folder.
    private static string? RelativeFile(DataConfiguration data) =>
        data.Format == DataFormat.Quickstart
        ? null
        : new[] { data.Train, data.Valid, data.Test }.SelectMany(split => new[] { split.Source, split.Target, split.Path })
            .Where(file => file.Length > 0).Select(file => Path.Combine(data.Folder, file))
            .FirstOrDefault(file => !Path.IsPathRooted(file));
}
