using System.Net.Http.Json;
using System.Text.Json;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Hosting;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Coordinator.Web;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Monitoring;

namespace DistSeq2Seq.Cli.Train;

/// <summary>A coordinator and workers as processes of this machine; a process that dies is started again.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    /// <summary>Starts of one process within a run of this command, before it is given up: a fault that comes back each time.</summary>
    private const int MostStarts = 20;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>How often to look for a coordinator that is starting: workers wait for it.</summary>
    private static readonly TimeSpan StartingInterval = TimeSpan.FromMilliseconds(20);

    private readonly RunConfiguration _configuration;
    private readonly string _configurationPath;
    private readonly Action<string> _say;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly Dictionary<string, int> _starts = [];
    private readonly ChildProcess?[] _workers;
    private ChildProcess? _coordinator;
    private CoordinatorEndpoints? _endpoints;
    private CoordinatorEndpoints? _lastEndpoints;

    /// <param name="configuration">The run; its folder exists.</param>
    /// <param name="say">Takes a line for the user.</param>
    public LocalCluster(RunConfiguration configuration, Action<string> say)
    {
        (_configuration, _say) = (configuration, say);
        _configurationPath = Path.Combine(configuration.Run, "config.yaml");
        _workers = new ChildProcess?[configuration.Cluster.Workers.Max];
    }

    /// <summary>Runs until the coordinator ends.</summary>
    /// <param name="show">Takes the status now and then.</param>
    /// <param name="cancellation">Asks the run to write a checkpoint and end.</param>
    /// <returns>The coordinator's exit code.</returns>
    public async Task<int> RunAsync(Action<RunStatus> show, CancellationToken cancellation)
    {
        using var registration = cancellation.Register(() => _coordinator?.Terminate());
        while (true)
        {
            if (_coordinator is null || _coordinator.HasExited)
            {
                if (_coordinator is { } ended && EndsTraining(ended.ExitCode))
                    return await EndAsync(ended);
                if (cancellation.IsCancellationRequested)
                {
                    _say(_coordinator is null
                        ? "asked to stop before the coordinator started: nothing to save"
                        : "asked to stop while the coordinator was gone: the newest checkpoint stays what it was");
                    return ExitCodes.Terminated;
                }

                if (!Restart(_coordinator))
                    return ExitCodes.Failure;
                _coordinator?.Dispose();
                _coordinator = Start("coordinator", ["coordinator", _configurationPath, .. SamePorts(_lastEndpoints)]);
                _endpoints = null;
                if (cancellation.IsCancellationRequested)
                    _coordinator.Terminate(); // asked while it was being started
            }

            _lastEndpoints = (_endpoints ??= ReadEndpoints(_coordinator.Id)) ?? _lastEndpoints;
            if (_endpoints is not null && !cancellation.IsCancellationRequested)
                KeepWorkers(_endpoints);
            if (!cancellation.IsCancellationRequested && WhyNoWorkerIsLeft() is { } why)
            {
                _say(why);
                _coordinator.Terminate();
                await _coordinator.WaitAsync(CancellationToken.None);
                return ExitCodes.Failure;
            }

            if (_endpoints is not null && await StatusAsync(_endpoints) is { } status)
                show(status);
            await Task.WhenAny(_coordinator.WaitAsync(CancellationToken.None),
                Task.Delay(_endpoints is null ? StartingInterval : PollInterval, CancellationToken.None));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            worker?.Dispose();
        _coordinator?.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The coordinator has told the workers to end: they get the time to.</summary>
    /// <summary>Whether a coordinator that left with this code is done; after any other it is started again.</summary>
    private static bool EndsTraining(int exitCode) =>
        exitCode is ExitCodes.Success or ExitCodes.Terminated or ExitCodes.BadInput or ExitCodes.Failure;

    private async Task<int> EndAsync(ChildProcess coordinator)
    {
        if (coordinator.ExitCode is ExitCodes.Failure or ExitCodes.BadInput)
            _say($"the coordinator ended: {coordinator.LastWords()} (see {coordinator.LogPath})");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        foreach (var worker in _workers.OfType<ChildProcess>())
            await worker.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return coordinator.ExitCode;
    }

    private void KeepWorkers(CoordinatorEndpoints endpoints)
    {
        for (var i = 0; i < _workers.Length; i++)
        {
            if (_workers[i] is { HasExited: false } or { ExitCode: ExitCodes.Success or ExitCodes.BadInput })
                continue;
            if (!Restart(_workers[i]))
                continue;
            _workers[i]?.Dispose();
            _workers[i] = Start($"worker-{i + 1}", ["worker", "--seed", endpoints.Akka, "--device", "cpu"]);
        }
    }

    /// <summary>
    /// Ends the run where too few workers are left: the coordinator would wait for ever for workers that are not started again.
    /// </summary>
    /// <returns>Null while enough workers may yet come.</returns>
    private string? WhyNoWorkerIsLeft()
    {
        var lost = _workers.OfType<ChildProcess>()
            .Where(w => w.HasExited && (w.ExitCode is ExitCodes.BadInput || _starts[w.Name] > MostStarts)).ToArray();
        var left = _workers.Length - lost.Length;
        return left >= _configuration.Cluster.Workers.Min || lost.Length == 0
            ? null
            : $"{left} of at least {_configuration.Cluster.Workers.Min} workers (cluster.workers.min) are left, and none is started "
            + $"again: ending. {lost[^1].Name} ended with code {lost[^1].ExitCode}: {lost[^1].LastWords()} (see {lost[^1].LogPath})";
    }

    /// <summary>Whether a process may be started (again); says so when it is not the first time.</summary>
    private bool Restart(ChildProcess? ended)
    {
        if (ended is null)
            return true;
        var starts = _starts.GetValueOrDefault(ended.Name);
        if (starts > MostStarts)
            return false;
        _say(starts == MostStarts
            ? $"{ended.Name} ended {starts} times, the last with code {ended.ExitCode}; giving it up (see {ended.LogPath})"
            : $"{ended.Name} (process {ended.Id}) ended with code {ended.ExitCode}; starting it again");
        if (starts < MostStarts)
            return true;
        _starts[ended.Name]++;
        return false;
    }

    private ChildProcess Start(string name, string[] arguments)
    {
        _starts[name] = _starts.GetValueOrDefault(name) + 1;
        return ChildProcess.Start(name, Path.Combine(_configuration.Run, "logs"), arguments, _configuration.Cluster.ThreadsPerWorker);
    }

    /// <summary>The ports of the coordinator before. Living workers and open pages look for it there.</summary>
    private static string[] SamePorts(CoordinatorEndpoints? before)
    {
        if (before is null)
            return [];
        var akka = before.Akka[(before.Akka.LastIndexOf(':') + 1)..];
        return ["--akka-port", akka, "--grpc-port", $"{new Uri(before.Grpc).Port}", "--http-port", $"{new Uri(before.Http).Port}"];
    }

    private CoordinatorEndpoints? ReadEndpoints(int processId)
    {
        var path = Path.Combine(_configuration.Run, "coordinator.json");
        if (!File.Exists(path))
            return null;
        try
        {
            // A file that a killed coordinator left names another process.
            return JsonSerializer.Deserialize<CoordinatorEndpoints>(File.ReadAllText(path)) is { } endpoints
                && endpoints.ProcessId == processId ? endpoints : null;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    private async Task<RunStatus?> StatusAsync(CoordinatorEndpoints endpoints)
    {
        try
        {
            return await _http.GetFromJsonAsync<RunStatus>($"{endpoints.Http}/api/status", StatusJson.Options);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException)
        {
            return null;
        }
    }
}
