using System.Diagnostics;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>Coordinators that die at delicate moments, and one that does not know that it was replaced.</summary>
public sealed class CoordinatorMomentsTests(QuietRun quiet, ITestOutputHelper output) : IClassFixture<QuietRun>
{
    [Fact]
    public async Task Kill_InACheckpointAndInAGenerationChange_GoesOnWithoutALostStep()
    {
        using var run = new ChaosRun(quiet, OneMachine.New(), ChaosRun.Endless, min: 2, max: 3, "checkpoints.every=5");
        run.StartWorkers(3);
        await run.UntilMembersAsync(3);
        var watch = new CheckpointWatch(run.Folder);
        var kills = LongVariant.Times(2, 20);
        for (var kill = 0; kill < kills; kill++)
        {
            var inCheckpoint = kill % 2 == 0;
            if (inCheckpoint)
                await watch.UntilWritingAsync(run);
            else
                await BeginGenerationChangeAsync(run);
            run.Coordinator.Kill();
            var before = run.Ledger;
            var clock = Stopwatch.StartNew();
            run.StartCoordinator();
            if (!inCheckpoint)
                run.StartWorkers(1);
            await run.UntilStepAsync(before[^1].Step + 1);
            output.WriteLine($"killed in a {(inCheckpoint ? "checkpoint" : "generation change")} at step {before[^1].Step}; next "
                + $"step {clock.Elapsed.TotalSeconds:F2} s after the restart");

            var after = run.Ledger; // once: the run goes on
            Assert.Equal([.. Enumerable.Range(1, after.Count).Select(s => (long)s)], after.Select(s => s.Step));
            await run.UntilMembersAsync(3);
        }

        output.WriteLine($"as the quiet run: {await run.AssertStopsAsQuietAsync()}");
    }

    [Fact]
    public async Task Replaced_CoordinatorThatStoodStill_CommitsNothingMore()
    {
        LongVariant.RequireOrSkip();
        const int planAhead = 4; // cluster.plan_ahead
        var ports = FreePorts.Take(3);
        var rivalSeed = $"127.0.0.1:{ports[0]}";
        var machine = OneMachine.New();
        machine.WorkerArguments = ["--seed", rivalSeed];
        using var run = new ChaosRun(quiet, machine, ChaosRun.Endless, min: 2, max: 2);
        run.StartWorkers(2);
        await run.UntilStepAsync(run.Random.Next(10, 40));

        // Another host takes the run over on a copy of its folder: no lock is seen there, only generations are left to tell them apart.
        run.Coordinator.Send(Signals.Stop);
        var stoppedAt = run.Steps;
        var copy = run.Folder + "-copy";
        Tool.Run("cp", "-r", run.Folder, copy); // it asks for no locks
        try
        {
            var rival = run.StartRival(copy, ports);
            await run.UntilAsync(() => LastStep(copy) > stoppedAt + planAhead,
                $"the second coordinator commits steps after {stoppedAt}");
            run.Coordinator.Send(Signals.Continue);
            await run.UntilStatusAsync(s => s.GetProperty("state").GetString() == "waiting", "the first notices that it is alone");
            var atNotice = LastStep(copy);
            await run.UntilAsync(() => LastStep(copy) > atNotice + 20, "the second coordinator goes on");

            // Reports of steps that it had planned itself may still have been on their way to the first.
            Assert.InRange(run.Steps, stoppedAt, stoppedAt + planAhead);
            Assert.False(run.Coordinator.HasExited, run.Describe());
            rival.Send(Signals.Terminate);
            await run.AssertEndedAsync(rival, ExitCodes.Terminated);
            var end = await run.AssertAsQuietAsync(copy);
            output.WriteLine($"stopped at step {stoppedAt}, which the first left at {run.Steps}; the second ended at {end}");
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    /// <summary>Ends a worker and returns as soon as the journal holds the generation that follows.</summary>
    private static async Task BeginGenerationChangeAsync(ChaosRun run)
    {
        var journal = Path.Combine(run.Folder, "journal.jsonl");
        var training = await run.UntilMembersAsync(3);
        var generation = training.GetProperty("generation").GetInt64(); // before the kill: afterwards it may be any later one
        run.Workers.First(w => !w.HasExited).Kill();
        await run.UntilAsync(() => ReadShared(journal).Contains($"\"generation\":{generation + 1}", StringComparison.Ordinal),
            "a generation begins");
    }

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    private static long LastStep(string folder) => RunJournal.ReadLedger(folder, out _) is { Count: > 0 } ledger ? ledger[^1].Step : 0;
}
