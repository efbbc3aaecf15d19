using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>
/// The law: 300 steps end in the same replica digest, learning rate and validation history, whoever takes them and whatever happens on
/// the way. A row is a run; rows of one <see cref="RunVariant"/> are held against one quiet run of it.
/// </summary>
public sealed class LawMatrixTests(QuietRun quiet, ITestOutputHelper output) : IClassFixture<QuietRun>
{
    private const int Steps = 300;

    /// <summary>The gradients of three steps are not finite, in whichever process they are computed.</summary>
    private static readonly RunVariant Skipping = new("skipping", [], "nan@step=40-41,times=0;nan@step=170,micro_batch=3,times=0");

    /// <summary>So many micro-batches that ranges can follow speed.</summary>
    private static readonly RunVariant Fine = new("fine", ["training.micro_batches=16", "training.batch_tokens=300"]);

    /// <summary>Milliseconds a micro-batch, of these many.</summary>
    private const int FinePace = 4;

    private static readonly Row[] Rows =
    [
        new("2 workers, star", Workers: 2) { Settings = ["cluster.topology=star"] },
        new("3 workers, star, no shared memory", Workers: 3) { Settings = ["cluster.topology=star", "cluster.shared_memory=false"] },
        new("4 workers, sharded", Workers: 4) { Settings = ["cluster.topology=sharded"] },
        new("4 workers, sharded, no shared memory", Workers: 4) { Settings = ["cluster.topology=sharded", "cluster.shared_memory=false"] },
        new("4 workers, kills, stops, joins, a killed coordinator", Workers: 4) { Min = 4, Disturb = DisturbAsync, IsShort = true },
        new("100 steps, SIGKILL of everything, 200 with another number", Workers: 3) { Disturb = run => KillAllAsync(run, 2) },
        new("one worker slowed five times, ranges move", Workers: 3) { Variant = Fine, Slowed = true, Disturb = MoveRangesAsync },
        new("gradient skipping, 1 worker with SIGKILL of everything", Workers: 1)
        {
            Variant = Skipping,
            Disturb = run => KillAllAsync(run, 1),
        },
        new("gradient skipping, 4 workers, sharded", Workers: 4)
        {
            Variant = Skipping,
            Settings = ["cluster.topology=sharded"],
            Skipped = 3,
        },
        new("gradient skipping, 2 workers, star", Workers: 2) { Variant = Skipping, Settings = ["cluster.topology=star"], Skipped = 3 },
    ];

    public static TheoryData<string> Names => [.. Rows.Where(row => row.IsShort || LongVariant.IsOn).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Law_AnyRow_EndsAsTheQuietRun(string name)
    {
        var row = Rows.Single(r => r.Name == name);
        var machine = OneMachine.New();
        using var run = new ChaosRun(quiet, row.Variant, machine, Steps, min: row.Min, max: 4, row.Settings)
        { Pace = row.Variant == Fine ? FinePace : 20 };
        machine.WorkerPlace = machine.WorkerPlace.With(RunVariant.FaultVariable, row.Variant.Faults);
        run.StartWorkers(row.Workers - (row.Slowed ? 1 : 0));
        if (row.Slowed)
        {
            machine.WorkerPlace = machine.WorkerPlace.With(RunVariant.FaultVariable, $"pace={5 * FinePace}");
            run.StartWorkers(1);
            machine.WorkerPlace = machine.WorkerPlace.With(RunVariant.FaultVariable, row.Variant.Faults);
        }

        if (row.Disturb is { } disturb)
            await disturb(run);

        await run.AssertEndsAsQuietAsync();
        Assert.Equal(row.Skipped ?? run.Ledger.Count(step => step.Skipped), run.Ledger.Count(step => step.Skipped));
        output.WriteLine($"{name}: digest {run.Newest().ReplicaDigest[..16]} "
            + $"after {run.Ledger.Select(step => step.Generation).Distinct().Count()} generations");
    }

    /// <summary>
    /// A kill, a stop longer than the timeout, a leave, joins and a killed coordinator. All four must be there for a step, so that none
    /// comes too late.
    /// </summary>
    private static async Task DisturbAsync(ChaosRun run)
    {
        await run.UntilFurtherStepsAsync(20);
        run.Workers[0].Kill();
        run.StartWorkers(1);
        await run.UntilMembersAsync(4, but: run.Workers[0]);

        await run.UntilStepAsync(run.Steps + run.Random.Next(1, 20));
        run.Workers[1].Send(Signals.Stop);
        await run.UntilStatusAsync(s => s.GetProperty("state").GetString() == "waiting", "the stopped worker is evicted");
        run.Workers[1].Send(Signals.Continue);
        await run.UntilMembersAsync(4);

        await run.UntilStepAsync(run.Steps + run.Random.Next(1, 20));
        run.Workers[2].Send(Signals.Terminate);
        await run.AssertEndedAsync(run.Workers[2], ExitCodes.Terminated);
        run.StartWorkers(1);
        await run.UntilMembersAsync(4, but: run.Workers[2]);

        await run.UntilStepAsync(run.Steps + run.Random.Next(1, 20));
        run.Coordinator.Kill();
        run.StartCoordinator();
    }

    /// <summary>Nothing is left but the folder, from step 100 on.</summary>
    private static async Task KillAllAsync(ChaosRun run, int workersAfterwards)
    {
        await run.UntilStepAsync(100);
        run.Coordinator.Kill();
        foreach (var worker in run.Workers)
            worker.Kill();
        run.StartCoordinator();
        run.StartWorkers(workersAfterwards);
    }

    /// <summary>A worker joins, and the ranges of the generation that follows are those that speeds ask for.</summary>
    private static async Task MoveRangesAsync(ChaosRun run)
    {
        var slow = run.Workers[^1].Id;
        var before = await run.UntilMembersAsync(3);
        await run.UntilStepAsync(60);
        run.Workers[0].Send(Signals.Terminate);
        var after = await run.UntilMembersAsync(2);
        Assert.True(Range(after, slow) < 16 / 2, $"of 16 micro-batches the slow worker of two had {Range(before, slow)}, and "
            + $"has {Range(after, slow)}\n{run.Describe()}");
    }

    private static int Range(System.Text.Json.JsonElement status, int process)
    {
        var worker = status.GetProperty("workers").EnumerateArray().Single(w => w.GetProperty("process_id").GetInt32() == process);
        return worker.GetProperty("end_micro_batch").GetInt32() - worker.GetProperty("first_micro_batch").GetInt32();
    }

    /// <summary>A run of the matrix.</summary>
    private sealed record Row(string Name, int Workers)
    {
        public RunVariant Variant { get; init; } = RunVariant.Plain;

        /// <summary>Fewest workers that train.</summary>
        public int Min { get; init; } = 1;

        /// <summary>Settings on which the result must not depend.</summary>
        public string[] Settings { get; init; } = [];

        public Func<ChaosRun, Task>? Disturb { get; init; }

        /// <summary>Whether the last worker started takes five times its time.</summary>
        public bool Slowed { get; init; }

        /// <summary>Steps that must have been skipped; null where that does not matter.</summary>
        public int? Skipped { get; init; }

        /// <summary>Whether it belongs to the short selection.</summary>
        public bool IsShort { get; init; }
    }
}
