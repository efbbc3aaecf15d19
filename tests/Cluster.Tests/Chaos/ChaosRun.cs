using System.Globalization;
using System.Text.Json;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>
/// A run of real processes that a test disturbs: a coordinator on fixed ports and workers, each started by itself, so that
/// nobody but the test starts anything again.
/// </summary>
internal sealed class ChaosRun : IDisposable
{
    /// <summary>Length of a run that goes on until it is stopped.</summary>
    public const long Endless = 100_000_000;

    private readonly QuietRun _quiet;
    private readonly RunVariant _variant;
    private readonly RunHosts _hosts;
    private readonly HttpClient _http;
    private readonly string[] _coordinatorCommand;
    private readonly List<ProgramRunner> _all = [];

    /// <summary>Starts the coordinator of an endless run on this machine.</summary>
    public ChaosRun(QuietRun quiet, int min, int max, params string[] settings)
        : this(quiet, OneMachine.New(), Endless, min, max, settings)
    {
    }

    /// <summary>Starts a run's coordinator on hosts of the caller's.</summary>
    public ChaosRun(QuietRun quiet, RunHosts hosts, long steps, int min, int max, params string[] settings)
        : this(quiet, RunVariant.Plain, hosts, steps, min, max, settings)
    {
    }

    /// <summary>Starts a run's coordinator.</summary>
    /// <param name="quiet">What the run must end as.</param>
    /// <param name="variant">What its result depends on.</param>
    /// <param name="hosts">Where its processes live; disposed with the run.</param>
    /// <param name="steps">
    /// To train: <see cref="Endless"/> where a fault is the test's, which must not come too late on whatever machine; otherwise a multiple
    /// of the steps between two validations.
    /// </param>
    /// <param name="min">Fewest workers.</param>
    /// <param name="max">Most workers.</param>
    /// <param name="settings">Further ones, on which the result must not depend.</param>
    public ChaosRun(QuietRun quiet, RunVariant variant, RunHosts hosts, long steps, int min, int max, params string[] settings)
    {
        _quiet = quiet;
        _variant = variant;
        _hosts = hosts;
        Length = steps;
        Folder = Path.Combine(quiet.Run.Folder, $"chaos-{Guid.NewGuid():N}");
        _coordinatorCommand =
        [
            "coordinator", quiet.Run.ConfigurationPath, "--run", Folder, .. hosts.Coordinator.Arguments, .. QuietRun.SettingsFor(steps),
            .. variant.Arguments,
            "--set", $"cluster.workers.min={min}", "--set", $"cluster.workers.max={max}", .. settings.SelectMany(s => new[] { "--set", s }),
        ];
        _http = hosts.NewHttpClient();
        _http.Timeout = TimeSpan.FromSeconds(30);
        Seed = hosts.FaultSeed;
        Random = new Random(Seed);
        Coordinator = StartCoordinator();
    }

    /// <summary>
    /// Milliseconds that every micro-batch of workers to come takes at least, so that steps leave processors to those who start, and most
    /// moments are in the middle of a step. None for 0.
    /// </summary>
    public int Pace { get; init; } = 20;

    /// <summary>host:port of the coordinator's actor system.</summary>
    public string CoordinatorAddress => _hosts.Seed;

    /// <summary>Steps to train.</summary>
    public long Length { get; }

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>Draws the moments of faults.</summary>
    public Random Random { get; }

    /// <summary>What <see cref="Random"/> began with; part of every message of a failed test.</summary>
    public int Seed { get; }

    /// <summary>The newest coordinator process.</summary>
    public ProgramRunner Coordinator { get; private set; }

    /// <summary>Workers in the order of their starts, dead ones too.</summary>
    public List<ProgramRunner> Workers { get; } = [];

    /// <summary>Starts the coordinator with the same command as before.</summary>
    public ProgramRunner StartCoordinator() => Coordinator = Keep(ProgramRunner.Start(_hosts.Coordinator.Place, _coordinatorCommand));

    /// <summary>Runs a second coordinator on the same folder, on ports of its own, to its end.</summary>
    public Task<ProgramEnd> RunRivalAsync() => ProgramRunner.RunAsync(
        [.. _coordinatorCommand.Select((argument, i) => i > 0 && _coordinatorCommand[i - 1].EndsWith("-port", StringComparison.Ordinal)
            ? "0" : argument)]);

    /// <summary>Starts a second coordinator on another folder and other ports.</summary>
    /// <param name="folder">Holds what the run's folder held.</param>
    /// <param name="ports">Of actor messages, gRPC and HTTP.</param>
    public ProgramRunner StartRival(string folder, IReadOnlyList<int> ports)
    {
        var command = _coordinatorCommand.ToArray();
        (string Option, string Value)[] other = [("--run", folder), ("--akka-port", $"{ports[0]}"), ("--grpc-port", $"{ports[1]}"),
            ("--http-port", $"{ports[2]}")];
        foreach (var (option, value) in other)
            command[Array.IndexOf(command, option) + 1] = value;
        return Keep(ProgramRunner.Start(command));
    }

    /// <summary>Starts workers.</summary>
    public void StartWorkers(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var host = _hosts.NextWorker();
            var faults = $"pace={Pace};{host.Place.Environment.GetValueOrDefault(RunVariant.FaultVariable)}"; // the host's own pace counts
            Workers.Add(Keep(ProgramRunner.Start(host.Place.With(RunVariant.FaultVariable, faults),
                ["worker", "--seed", _hosts.Seed, "--device", "cpu", .. host.Arguments])));
        }
    }

    /// <summary>The last step that the ledger holds.</summary>
    public long Steps => Directory.Exists(Folder) ? RunJournal.ReadLedger(Folder, out _) is { Count: > 0 } ledger ? ledger[^1].Step : 0 : 0;

    /// <summary>Lines of the ledger.</summary>
    public IReadOnlyList<CommittedStep> Ledger => RunJournal.ReadLedger(Folder, out _);

    /// <summary>Waits until the ledger holds a step.</summary>
    public Task UntilStepAsync(long step) => UntilAsync(() => Steps >= step, $"step {step}");

    /// <summary>Waits until a random number of further steps was taken.</summary>
    /// <param name="atMost">Their largest number.</param>
    public Task UntilFurtherStepsAsync(int atMost) => UntilStepAsync(Steps + Random.Next(1, atMost + 1));

    /// <summary>Waits until the coordinator's status is as wanted.</summary>
    public async Task<JsonElement> UntilStatusAsync(Func<JsonElement, bool> condition, string what)
    {
        var seen = default(JsonElement);
        var end = DateTime.UtcNow + Patience.Long;
        while (DateTime.UtcNow < end)
        {
            if (await StatusAsync() is { } status && condition(seen = status))
                return status;
            Assert.False(Coordinator.HasExited, $"the coordinator ended before this: {what}\n{Describe()}");
            await Task.Delay(20);
        }

        throw new TimeoutException($"not within {Patience.Long}: {what}; the status is {seen}\n{Describe()}");
    }

    /// <summary>The coordinator's status; null when it does not answer.</summary>
    public async Task<JsonElement?> StatusAsync()
    {
        try
        {
            return JsonDocument.Parse(await GetTextAsync("/api/status")).RootElement;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

    /// <summary>Asks the coordinator over HTTP.</summary>
    /// <param name="path">Such as <c>/metrics</c>.</param>
    public Task<string> GetTextAsync(string path) => _http.GetStringAsync(_hosts.Http + path);

    /// <summary>A sample without labels of the coordinator's metrics.</summary>
    public async Task<double> MetricAsync(string name) => double.Parse(
        (await GetTextAsync("/metrics")).Split('\n')
        .Single(line => line.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..],
        CultureInfo.InvariantCulture);

    /// <summary>
    /// Waits until a sample without labels has grown to a value; metrics follow what happens at the next change of the status.
    /// </summary>
    public async Task UntilMetricAsync(string name, double atLeast)
    {
        double seen = 0;
        var end = DateTime.UtcNow + Patience.Long;
        while ((seen = await MetricAsync(name)) < atLeast)
        {
            Assert.True(DateTime.UtcNow < end, $"{name} is {seen}, expected at least {atLeast}\n{Describe()}");
            await Task.Delay(20);
        }
    }

    /// <summary>Process ids of the members.</summary>
    public static int[] Members(JsonElement status) =>
        [.. status.GetProperty("workers").EnumerateArray().Where(w => w.GetProperty("rank").GetInt32() >= 0)
            .Select(w => w.GetProperty("process_id").GetInt32())];

    /// <summary>Waits until so many workers train.</summary>
    /// <param name="count">How many.</param>
    /// <param name="but">None of them is this one.</param>
    public Task<JsonElement> UntilMembersAsync(int count, ProgramRunner? but = null) => UntilStatusAsync(
        s => s.GetProperty("state").GetString() == "training" && Members(s) is var members && members.Length == count
        && !members.Contains(but?.Id ?? 0),
        $"{count} members train");

    /// <summary>Waits until something is so, at the latest at the coordinator's end.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        await Patience.UntilAsync(() => condition() || Coordinator.HasExited, () => $"{what}; step {Steps}\n{Describe()}");
        Assert.True(condition(), $"the coordinator ended before this: {what}\n{Describe()}");
    }

    /// <summary>Waits for the end of the run and holds it against the quiet one.</summary>
    public async Task AssertEndsAsQuietAsync()
    {
        var code = await Coordinator.WaitAsync();
        Assert.True(code == 0, $"the coordinator ended with {code}\n{Describe()}");
        var end = Newest();
        Assert.Equal(Length, end.Step);
        await AssertAsQuietAsync(end, Folder);
    }

    /// <summary>
    /// Waits for a checkpoint of a step to come, holds it against the quiet run's, stops the run, and has the program prove its ledger.
    /// </summary>
    /// <returns>The step at which the run stopped, and the one that was compared.</returns>
    public async Task<(long Stopped, long Compared)> AssertStopsAsQuietAsync()
    {
        var now = Steps;
        CheckpointState? seen = null;
        // By and by older ones are removed: their state is kept here.
        bool Seen() => (seen = new CheckpointStore(Folder).List().Select(c => c.State).LastOrDefault(s => s is not null && s.Step > now
            && _quiet.HasOrReaches(s.Step, _variant))) is not null;
        if (_variant == RunVariant.Plain)
            await UntilAsync(Seen, $"a checkpoint after step {now}");
        Coordinator.Send(Signals.Terminate);
        var code = await Coordinator.WaitAsync();
        Assert.True(code == 143, $"the coordinator ended with {code}\n{Describe()}");
        var end = Newest();
        Assert.Equal(Steps, end.Step);
        await AssertAsQuietAsync(seen ?? end, Folder);
        return (end.Step, (seen ?? end).Step);
    }

    /// <summary>
    /// Holds the newest checkpoint of a folder against the quiet run's state of the same step, and has the program prove its ledger.
    /// </summary>
    /// <returns>The step.</returns>
    public async Task<long> AssertAsQuietAsync(string folder)
    {
        var end = Newest(folder);
        await AssertAsQuietAsync(end, folder);
        return end.Step;
    }

    /// <summary>The newest valid checkpoint's state.</summary>
    public CheckpointState Newest(string? folder = null) =>
        NewestOrNone(folder) ?? throw new InvalidOperationException($"no valid checkpoint in {folder ?? Folder}\n{Describe()}");

    /// <summary>The same; null where none is there yet.</summary>
    public CheckpointState? NewestOrNone(string? folder = null) => new CheckpointStore(folder ?? Folder).NewestValid()?.State;

    /// <summary>Has the program prove the ledger.</summary>
    public async Task AssertLedgerHoldsAsync(string? folder = null)
    {
        var (code, output, error) = await ProgramRunner.RunAsync("inspect", "--run", folder ?? Folder, "--ledger");
        Assert.True(code == 0, $"inspect --ledger ended with {code}: {output}{error}\n{Describe()}");
        Assert.Contains("0 missing, 0 twice", output, StringComparison.Ordinal);
    }

    /// <summary>Everything that may explain a failure.</summary>
    public string Describe() => string.Join('\n',
        [ChaosSeed.Describe(Seed),
            .. _all.Select(p => $"--- process {p.Id}{(p.HasExited ? " (ended)" : "")}\n{Tail(p.Output)}{Tail(p.Error)}")]);

    public void Dispose()
    {
        foreach (var process in _all)
            process.Dispose();
        _hosts.Dispose();
        _http.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task AssertAsQuietAsync(CheckpointState end, string folder)
    {
        var expected = await _quiet.AtAsync(end.Step, _variant);
        Assert.True(expected.ReplicaDigest == end.ReplicaDigest, $"digest {end.ReplicaDigest} at step {end.Step}, the quiet run's "
            + $"is {expected.ReplicaDigest}\n{Describe()}");
        Assert.Equal(expected.Metrics["learning_rate"], end.Metrics["learning_rate"]);
        // A run that ends at a step validates there; one that was stopped there does so when it goes on.
        var stopped = end.Step < Length;
        Assert.Equal(expected.ValidationHistory.Where(v => !stopped || v.Step < end.Step),
            end.ValidationHistory.Where(v => !stopped || v.Step < end.Step));
        await AssertLedgerHoldsAsync(folder);
    }

    private static string Tail(string text) => text.Length <= 4000 ? text : "…" + text[^4000..];

    private ProgramRunner Keep(ProgramRunner process)
    {
        _all.Add(process);
        return process;
    }
}
