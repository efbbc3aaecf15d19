using System.Text.Json;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Coordinator;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Model.Checkpoints;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>
/// A run of real processes that a test disturbs: a coordinator on fixed ports and workers, each started by itself, so that
/// nobody but the test starts anything again.
/// </summary>
internal sealed class ChaosRun : IDisposable
{
    /// <summary>Seeds stay short enough to be typed.</summary>
    private const int SeedLimit = 1000;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly QuietRun _quiet;
    private readonly string[] _coordinatorCommand;
    private readonly string _akka;
    private readonly List<ProgramRunner> _all = [];

    public ChaosRun(QuietRun quiet, int min, int max, params string[] settings)
    {
        _quiet = quiet;
        Folder = Path.Combine(quiet.Run.Folder, $"chaos-{Guid.NewGuid():N}");
        var ports = FreePorts.Take(3);
        _akka = $"127.0.0.1:{ports[0]}";
        _coordinatorCommand =
        [
            "coordinator", quiet.Run.ConfigurationPath, "--run", Folder,
            "--akka-port", $"{ports[0]}", "--grpc-port", $"{ports[1]}", "--http-port", $"{ports[2]}",
            .. quiet.Settings, "--set", $"cluster.workers.min={min}", "--set", $"cluster.workers.max={max}",
            .. settings.SelectMany(s => new[] { "--set", s }),
        ];
        StatusAddress = $"http://127.0.0.1:{ports[2]}/api/status";
        Seed = Random.Shared.Next(SeedLimit);
        Random = new Random(Seed);
        Coordinator = StartCoordinator();
    }

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

    private string StatusAddress { get; }

    /// <summary>Starts the coordinator with the same command as before.</summary>
    public ProgramRunner StartCoordinator() => Coordinator = Keep(ProgramRunner.Start(_coordinatorCommand));

    /// <summary>Runs a second coordinator on the same folder, on ports of its own, to its end.</summary>
    public Task<(int Code, string Output, string Error)> RunRivalAsync() => ProgramRunner.RunAsync(
        [.. _coordinatorCommand.Select((argument, i) => i > 0 && _coordinatorCommand[i - 1].EndsWith("-port", StringComparison.Ordinal) ? "0" : argument)]);

    /// <summary>Starts workers.</summary>
    public void StartWorkers(int count)
    {
        for (var i = 0; i < count; i++)
            Workers.Add(Keep(ProgramRunner.Start("worker", "--seed", _akka, "--device", "cpu")));
    }

    /// <summary>Steps that the ledger holds.</summary>
    public long Steps => Directory.Exists(Folder) ? RunJournal.ReadLedger(Folder, out _) is { Count: > 0 } ledger ? ledger[^1].Step : 0 : 0;

    /// <summary>Lines of the ledger.</summary>
    public IReadOnlyList<CommittedStep> Ledger => RunJournal.ReadLedger(Folder, out _);

    /// <summary>Waits until the ledger holds a step.</summary>
    public Task UntilStepAsync(long step) => UntilAsync(() => Steps >= step, $"step {step}");

    /// <summary>Waits for a random step of one of several equal parts of the time for faults.</summary>
    /// <param name="part">From 0.</param>
    /// <param name="parts">How many there are.</param>
    public Task UntilRandomStepAsync(int part, int parts) =>
        UntilStepAsync((QuietRun.LastFault * part / parts) + Random.Next(1, QuietRun.LastFault / parts));

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
            return JsonDocument.Parse(await Http.GetStringAsync(StatusAddress)).RootElement;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }

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
        var end = new CheckpointStore(Folder).NewestValid()!.State!;
        Assert.Equal(QuietRun.Steps, end.Step);
        Assert.True(_quiet.End.ReplicaDigest == end.ReplicaDigest, $"digest {end.ReplicaDigest}, the quiet run's is {_quiet.End.ReplicaDigest}\n{Describe()}");
        Assert.Equal(_quiet.End.ValidationHistory, end.ValidationHistory);
        await AssertLedgerHoldsAsync();
    }

    /// <summary>Has the program prove the ledger.</summary>
    public async Task AssertLedgerHoldsAsync()
    {
        var (code, output, error) = await ProgramRunner.RunAsync("inspect", "--run", Folder, "--ledger");
        Assert.True(code == 0, $"inspect --ledger ended with {code}: {output}{error}\n{Describe()}");
        Assert.Contains("0 missing, 0 twice", output, StringComparison.Ordinal);
    }

    /// <summary>Everything that may explain a failure.</summary>
    public string Describe() => string.Join('\n',
        [$"random seed {Seed}", .. _all.Select(p => $"--- process {p.Id}{(p.HasExited ? " (ended)" : "")}\n{Tail(p.Output)}{Tail(p.Error)}")]);

    public void Dispose()
    {
        foreach (var process in _all)
            process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string Tail(string text) => text.Length <= 4000 ? text : "…" + text[^4000..];

    private ProgramRunner Keep(ProgramRunner process)
    {
        _all.Add(process);
        return process;
    }
}
