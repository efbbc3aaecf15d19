using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>Workers that compute something wrong, or nothing at all.</summary>
public sealed class ReplicaFaultTests(QuietRun quiet, ITestOutputHelper output) : IClassFixture<QuietRun>
{
    private const int Steps = 120;

    /// <summary>So that no worker that a busy machine lets wait ends a generation: what is to be seen belongs to one.</summary>
    private const string NobodyIsLost = "cluster.timeouts.heartbeat=60";

    [Fact]
    public async Task Corrupted_Replica_IsNamedAndTheRunEndsAsTheQuietOne()
    {
        var machine = OneMachine.New();
        using var run = new ChaosRun(quiet, machine, Steps, min: 3, max: 3, NobodyIsLost, "cluster.check_replicas_every=10");
        StartFaulty(run, machine, "corrupt-replica@step=45");
        run.StartWorkers(2);

        await run.AssertEndsAsQuietAsync();

        Assert.Contains($"(process {run.Workers[0].Id} on", Line(run, "differs at step 50"), StringComparison.Ordinal);
        Assert.Contains("checkpoint of step 40", Line(run, "Going back from step 50"), StringComparison.Ordinal);
        await run.AssertEndedAsync(run.Workers[0], ExitCodes.Success); // with sound state it is as good as any other
    }

    [Fact]
    public async Task Nan_TooOftenInARow_StopsAndNamesStepWorkerAndSentences()
    {
        var machine = OneMachine.New();
        using var run = new ChaosRun(quiet, machine, Steps, min: 2, max: 2, "training.max_skipped_steps=3");
        foreach (var _ in (string[])["one", "the other"])
            StartFaulty(run, machine, "nan@step=30-40,times=0,micro_batch=1");

        await run.AssertEndedAsync(run.Coordinator, ExitCodes.Failure);

        var line = Line(run, "Failed: 3 steps in a row up to step 32");
        Assert.Matches("micro-batch (0, )?1(, [23]| )", line);
        Assert.Matches("contribution of worker .* \\(process [0-9]+ on .*Its training pairs?: pair [0-9]+ \"", line);
        Assert.Equal(20, run.Newest().Step); // the last one due before them
        output.WriteLine(line);
    }

    [Fact]
    public async Task Nan_WithRollback_GoesBackToTheLastCheckpointBeforeThemWithALowerRate()
    {
        var machine = OneMachine.New();
        using var run = new ChaosRun(quiet, machine, Steps, min: 1, max: 1, NobodyIsLost, "training.max_skipped_steps=3",
            "training.on_nan=rollback", "training.rollback_factor=0.25");
        StartFaulty(run, machine, "nan@step=30-32"); // once each: gone when the steps come again

        await run.AssertEndedAsync(run.Coordinator, ExitCodes.Success);

        await run.AssertLedgerHoldsAsync();
        using var journal = new RunJournal(run.Folder);
        var rewind = Assert.Single(journal.Rewinds);
        Assert.Equal((20, 32, 0.25), (rewind.Step, rewind.From, rewind.RateFactor));
        var surviving = journal.Steps.GroupBy(s => s.Step).Select(g => g.Last()).ToArray();
        var rate = surviving[0].LearningRate;
        Assert.All(surviving.Where(s => s.Step <= 20), s => Assert.Equal(rate, s.LearningRate));
        Assert.All(surviving.Where(s => s.Step > 20), s => Assert.Equal(rate * 0.25, s.LearningRate));
    }

    [Fact]
    public async Task Exception_EachTime_EndsTheWorkerAndAnotherTakesItsPlace()
    {
        var machine = OneMachine.New();
        using var run = new ChaosRun(quiet, machine, Steps, min: 2, max: 2);
        StartFaulty(run, machine, "exception@step=20,times=0");
        run.StartWorkers(1); // both are needed, so that it meets step 20 again and again

        await run.AssertEndedAsync(run.Workers[0], ExitCodes.Failure);
        Assert.Contains("failed at step 20 5 times in a row", run.Workers[0].Output + run.Workers[0].Error, StringComparison.Ordinal);
        run.StartWorkers(1);

        await run.AssertEndsAsQuietAsync();
    }

    private static string Line(ChaosRun run, string part)
    {
        var lines = run.Coordinator.Output.Split('\n').Where(l => l.Contains(part, StringComparison.Ordinal)).ToArray();
        Assert.True(lines.Length > 0, $"no line with `{part}`\n{run.Describe()}");
        return lines[0];
    }

    private static void StartFaulty(ChaosRun run, OneMachine machine, string fault)
    {
        machine.WorkerPlace = ProgramPlace.Here.With(RunVariant.FaultVariable, fault);
        run.StartWorkers(1);
        machine.WorkerPlace = ProgramPlace.Here;
    }
}
