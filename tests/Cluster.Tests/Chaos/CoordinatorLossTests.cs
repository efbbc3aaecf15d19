using System.Diagnostics;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>Coordinators that die, and ones too many.</summary>
public sealed class CoordinatorLossTests(QuietRun quiet, ITestOutputHelper output) : IClassFixture<QuietRun>
{
    [Theory]
    [InlineData("star", true)]
    [InlineData("sharded", false)]
    public async Task Kill_Coordinator_TheSameCommandGoesOnFromTheWorkersStateWithoutALostStep(string topology, bool isLong)
    {
        if (isLong)
            LongVariant.RequireOrSkip();
        using var run = new ChaosRun(quiet, min: 3, max: 3, $"cluster.topology={topology}", "checkpoints.every=100000");
        run.StartWorkers(3);
        int[] workers = [.. run.Workers.Select(w => w.Id)];
        var kills = LongVariant.Times(1, 20);
        for (var kill = 1; kill <= kills; kill++)
        {
            await run.UntilFurtherStepsAsync(20);
            run.Coordinator.Kill();
            var before = run.Ledger;
            var clock = Stopwatch.StartNew();
            run.StartCoordinator();
            await run.UntilStepAsync(before[^1].Step + 1);
            await run.UntilAsync(() => run.Ledger.Any(s => s.Generation > before[^1].Generation),
                "a step of the new coordinator's generation");
            output.WriteLine($"{topology}: killed at step {before[^1].Step}; next step {clock.Elapsed.TotalSeconds:F2} s after "
                + "the restart");

            // It goes on behind the last step that the ledger holds: with no checkpoint in reach, that is the workers' state.
            var after = run.Ledger; // once: the run goes on
            Assert.Equal([.. Enumerable.Range(1, after.Count).Select(s => (long)s)], after.Select(s => s.Step));
            Assert.Equal(workers, run.Workers.Where(w => !w.HasExited).Select(w => w.Id));
        }

        output.WriteLine($"{topology}: as the quiet run: {await run.AssertStopsAsQuietAsync()}");
    }

    [Fact]
    public async Task Start_SecondCoordinatorOnTheFolder_RefusedAndTheFirstGoesOn()
    {
        using var run = new ChaosRun(quiet, min: 1, max: 1);
        run.StartWorkers(1);
        await run.UntilStepAsync(5);

        var (_, error) = (await run.RunRivalAsync()).Expect(ExitCodes.BadInput, () => run.Describe());

        Assert.Contains("in use by another coordinator", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
        await run.AssertStopsAsQuietAsync();
    }

    [Fact]
    public async Task Patience_NoCoordinatorForLongerThanAllowed_WorkerGivesUpAndSaysSo()
    {
        using var run = new ChaosRun(quiet, min: 1, max: 1, "cluster.timeouts.coordinator=2");
        run.StartWorkers(1);
        await run.UntilStepAsync(3);
        run.Coordinator.Kill();

        await run.AssertEndedAsync(run.Workers[0], ExitCodes.Failure);
        Assert.Contains("cluster.timeouts.coordinator", run.Workers[0].Output + run.Workers[0].Error, StringComparison.Ordinal);
    }
}
