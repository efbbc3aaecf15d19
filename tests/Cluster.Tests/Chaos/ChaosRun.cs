using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Coordinator.RunFolders;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>
/// A run of real processes that a test disturbs: a coordinator on fixed ports and workers, each started by itself, so that
/// nobody but the test starts anything again.
/// </summary>
internal sealed partial class ChaosRun : IDisposable
{
    /// <summary>Length of a run that goes on until it is stopped.</summary>
    public const long Endless = 100_000_000;

    private readonly QuietRun _quiet;
    private readonly RunVariant _variant;
    private readonly RunHosts _hosts;
    private readonly HttpClient _http;
    private readonly string[] _coordinatorCommand;
    private readonly List<ProgramRunner> _all = [];
    private readonly RunStory _story;
    private int _coordinators;

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
        Random = new Random(hosts.FaultSeed);
        _story = new RunStory(() => Steps, hosts.FaultSeed);
        hosts.Disturbed += Note;
        if (hosts.FromTheStart is { } disturbance)
            Note(disturbance);
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

    /// <summary>Draws the moments of faults; what it began with is part of every message of a failed test.</summary>
    public Random Random { get; }

    /// <summary>The newest coordinator process.</summary>
    public ProgramRunner Coordinator { get; private set; }

    /// <summary>Workers in the order of their starts, dead ones too.</summary>
    public List<ProgramRunner> Workers { get; } = [];

    /// <summary>Starts the coordinator with the same command as before.</summary>
    public ProgramRunner StartCoordinator() => Coordinator = Keep(ProgramRunner.Start(_hosts.Coordinator.Place, _coordinatorCommand),
        ++_coordinators == 1 ? "coordinator" : $"coordinator, start {_coordinators}", isCoordinator: true);

    /// <summary>Runs a second coordinator on the same folder, on ports of its own, to its end.</summary>
    public Task<ProgramEnd> RunRivalAsync()
    {
        Note("a second coordinator is started on the same folder");
        return ProgramRunner.RunAsync([.. _coordinatorCommand.Select((argument, i) =>
            i > 0 && _coordinatorCommand[i - 1].EndsWith("-port", StringComparison.Ordinal) ? "0" : argument)]);
    }

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
        Note("a second coordinator is started on a copy of the folder");
        return Keep(ProgramRunner.Start(command), "second coordinator");
    }

    /// <summary>Starts workers; messages number them as <see cref="Workers"/> does.</summary>
    public void StartWorkers(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var host = _hosts.NextWorker();
            var faults = host.Place.Environment.GetValueOrDefault(RunVariant.FaultVariable);
            if (!string.IsNullOrEmpty(faults))
                Note($"worker {Workers.Count} starts with {RunVariant.FaultVariable}={faults}");
            Workers.Add(Keep(ProgramRunner.Start(
                host.Place.With(RunVariant.FaultVariable, $"pace={Pace};{faults}"), // the host's own pace counts
                ["worker", "--seed", _hosts.Seed, "--device", "cpu", .. host.Arguments]), $"worker {Workers.Count}"));
        }
    }

    /// <summary>
    /// Enters a fault into the messages of a failed test. Signals, faults of workers and what the hosts do enter themselves.
    /// </summary>
    /// <param name="fault">What is done, and to whom.</param>
    public void Note(string fault) => _story.Note(fault);

    /// <summary>The last step that the ledger holds.</summary>
    public long Steps => Directory.Exists(Folder) ? RunJournal.ReadLedger(Folder, out _) is { Count: > 0 } ledger ? ledger[^1].Step : 0 : 0;

    /// <summary>Lines of the ledger.</summary>
    public IReadOnlyList<CommittedStep> Ledger => RunJournal.ReadLedger(Folder, out _);

    /// <summary>Everything that may explain a failure: the seed, the faults, the last lines of logs.</summary>
    /// <param name="about">The process that it is about.</param>
    public string Describe(ProgramRunner? about = null) => _story.Tell(about);

    public void Dispose()
    {
        foreach (var process in _all)
            process.Dispose();
        _hosts.Disturbed -= Note; // they may outlive a run
        _hosts.Dispose();
        _http.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private ProgramRunner Keep(ProgramRunner process, string name, bool isCoordinator = false)
    {
        _all.Add(process);
        _story.Follow($"{name} (process {process.Id})", process, isCoordinator);
        return process;
    }
}
