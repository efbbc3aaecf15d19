using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>
/// Hours of one random fault a minute, nobody helping, held against a quiet run of as many steps: <c>./dist test --soak</c>, for
/// DISTSEQ2SEQ_SOAK_MINUTES (120).
/// </summary>
public sealed class SoakTests(QuietRun quiet, ITestOutputHelper output) : IClassFixture<QuietRun>
{
    private const int DefaultMinutes = 120;
    private const int MaxWorkers = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>Steps take their time, so that hours of them are as many as one quiet worker can take again in less.</summary>
    private const string Slowness = "slow=80";

    private static readonly RunVariant Long = new("soak", ["training.validate_every=600", "checkpoints.every=300"]);

    private readonly Dictionary<string, List<double>> _recovered = [];
    private SeparateMachines? _network;

    [Fact]
    public async Task Chaos_AFaultAMinute_EndsAsTheQuietRunWithoutAnybodysHelp()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("DISTSEQ2SEQ_SOAK") == "1", "it takes hours: ./dist test --soak runs it");
        var minutes = double.Parse(Environment.GetEnvironmentVariable("DISTSEQ2SEQ_SOAK_MINUTES") ?? $"{DefaultMinutes}",
            CultureInfo.InvariantCulture);
        using var run = new ChaosRun(quiet, Long, Machines(), ChaosRun.Endless, min: 2, max: MaxWorkers);
        run.StartWorkers(MaxWorkers);
        await run.UntilMembersAsync(MaxWorkers);
        var clock = Stopwatch.StartNew();
        (string Name, Func<ChaosRun, Task> Inject)[] faults =
        [
            ("worker killed", KillWorkerAsync), ("worker stopped and continued", StopWorkerAsync),
            ("worker left, another joined", ReplaceWorkerAsync),
            ("coordinator killed", KillCoordinatorAsync), .. _network is null
            ? []
            : new[] { ("link cut", (Func<ChaosRun, Task>)CutLinkAsync) },
        ];
        for (var next = Interval * run.Random.NextDouble(); next < TimeSpan.FromMinutes(minutes); next += Interval)
        {
            await Task.Delay(next > clock.Elapsed ? next - clock.Elapsed : TimeSpan.Zero);
            var (name, inject) = faults[run.Random.Next(faults.Length)];
            var before = await StepAsync(run);
            await inject(run);
            var injected = Stopwatch.StartNew();
            await run.UntilStatusAsync(s => GoesOn(run, s, before), $"a step after: {name}");
            var took = injected.Elapsed.TotalSeconds;
            Recovered(name).Add(took);
            output.WriteLine($"{clock.Elapsed:hh\\:mm\\:ss} step {before}: {name}; went on {took:F2} s after it");
        }

        await run.UntilMembersAsync(MaxWorkers);
        var (end, _) = await run.AssertStopsAsQuietAsync();
        output.WriteLine(Summary(run, minutes, end));
    }

    private RunHosts Machines()
    {
        if (NetworkNamespace.WhyNot() is { } reason)
        {
            output.WriteLine($"no links are cut: {reason}");
            var machine = OneMachine.New();
            machine.WorkerPlace = machine.WorkerPlace.With(RunVariant.FaultVariable, Slowness);
            return machine;
        }

        _network = SeparateMachines.New();
        _network.WorkerEnvironment = ProgramPlace.Here.With(RunVariant.FaultVariable, Slowness).Environment;
        return _network;
    }

    private static async Task KillWorkerAsync(ChaosRun run)
    {
        Member(run).Kill();
        run.StartWorkers(1); // as whatever started it does
        await Task.CompletedTask;
    }

    private static async Task StopWorkerAsync(ChaosRun run)
    {
        var victim = Member(run);
        victim.Send(Signals.Stop);
        await Task.Delay(TimeSpan.FromSeconds(run.Random.Next(1, 21)));
        victim.Send(Signals.Continue);
    }

    private static async Task ReplaceWorkerAsync(ChaosRun run)
    {
        var leaver = Member(run);
        leaver.Send(Signals.Terminate);
        await run.AssertEndedAsync(leaver, ExitCodes.Terminated);
        run.StartWorkers(1);
    }

    private static async Task KillCoordinatorAsync(ChaosRun run)
    {
        run.Coordinator.Kill();
        await Task.Delay(TimeSpan.FromSeconds(run.Random.Next(0, 5)));
        run.StartCoordinator();
    }

    private async Task CutLinkAsync(ChaosRun run)
    {
        var victim = run.Workers.IndexOf(Member(run));
        _network!.Cut(victim);
        await Task.Delay(TimeSpan.FromSeconds(run.Random.Next(1, 31)));
        _network.Mend(victim);
    }

    /// <summary>Whether those who are alive have taken a further step.</summary>
    private static bool GoesOn(ChaosRun run, JsonElement status, long before) =>
        status.GetProperty("state").GetString() == "training" && status.GetProperty("step").GetInt64() > before
        && !ChaosRun.Members(status).Intersect(run.Workers.Where(w => w.HasExited).Select(w => w.Id)).Any();

    private static ProgramRunner Member(ChaosRun run)
    {
        var alive = run.Workers.Where(w => !w.HasExited).ToArray();
        return alive[run.Random.Next(alive.Length)];
    }

    private static async Task<long> StepAsync(ChaosRun run) => (await run.UntilStatusAsync(_ => true, "it answers")).GetProperty("step")
        .GetInt64();

    private List<double> Recovered(string name)
    {
        if (!_recovered.TryGetValue(name, out var times))
            _recovered[name] = times = [];
        return times;
    }

    private string Summary(ChaosRun run, double minutes, long end)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{minutes} minutes, {_recovered.Values.Sum(t => t.Count)} faults, {end} steps in ")
            .Append(CultureInfo.InvariantCulture, $"{run.Ledger.Select(s => s.Generation).Distinct().Count()} generations; digest and "
                + $"validations equal to one quiet worker's; ledger proved\n");
        foreach (var (name, times) in _recovered.OrderBy(r => r.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture,
                $"  {name}: {times.Count} times; a step again after {times.Order().ElementAt(times.Count / 2):F1} s "
                + $"(median), {times.Max():F1} s at most\n");
        return text.ToString();
    }
}
