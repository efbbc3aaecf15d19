using System.Diagnostics;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>Workers that die or stand still in the middle of a run.</summary>
public sealed class WorkerLossTests(QuietRun quiet, ITestOutputHelper output) : IClassFixture<QuietRun>
{
    [Fact]
    public async Task Kill_WorkersAtRandomMoments_SurvivorsGoOnAndTheDigestIsTheQuietRuns()
    {
        using var run = new ChaosRun(quiet, min: 2, max: 4);
        run.StartWorkers(4);
        await run.UntilStatusAsync(s => ChaosRun.Members(s).Length == 4, "four members");
        var kills = LongVariant.Times(2, 50);
        var (noticedAfter, stepAfter) = (new List<double>(), new List<double>());
        for (var kill = 1; kill <= kills; kill++)
        {
            await run.UntilFurtherStepsAsync(20);
            // A worker that was just started again is no member yet, and its death would change nothing.
            var training = await run.UntilStatusAsync(s => s.GetProperty("state").GetString() == "training"
                && ChaosRun.Members(s).Length >= 3, "three members train");
            var members = ChaosRun.Members(training);
            var candidates = run.Workers.Where(w => members.Contains(w.Id)).ToArray();
            Assert.True(candidates.Length == members.Length, $"members are processes {string.Join(", ", members)}, not all of which this "
                + $"test started\n{run.Describe()}");
            var victim = candidates[run.Random.Next(candidates.Length)];
            var survivors = run.Workers.Where(w => !w.HasExited && w != victim).ToArray();
            var generation = training.GetProperty("generation").GetInt64();
            var atKill = run.Ledger.Count;
            var stepAtKill = run.Steps;
            var clock = Stopwatch.StartNew();
            victim.Kill();
            await run.UntilStatusAsync(s => s.GetProperty("workers").EnumerateArray()
                .All(w => w.GetProperty("process_id").GetInt32() != victim.Id), "the loss is noticed");
            var noticed = clock.Elapsed;
            await run.UntilAsync(() => run.Ledger.Any(s => s.Generation > generation), "a step of a later generation");
            noticedAfter.Add(noticed.TotalSeconds);
            stepAfter.Add(clock.Elapsed.TotalSeconds);
            output.WriteLine($"killed at step {stepAtKill}: noticed after {noticedAfter[^1]:F2} s, next step of the new generation "
                + $"after {stepAfter[^1]:F2} s");

            Assert.All(survivors, w => Assert.False(w.HasExited, run.Describe(w)));
            // The step under way is taken again by those who are left; a step that the ledger holds is not.
            var ledger = run.Ledger; // once: the run goes on
            Assert.Equal(ledger.Count, ledger.Select(s => s.Step).Distinct().Count());
            Assert.True(ledger.Count >= atKill);
            if (kill < kills)
                run.StartWorkers(1);
        }

        output.WriteLine($"noticed after {Spread(noticedAfter)}, next step after {Spread(stepAfter)}; as the quiet "
            + $"run: {await run.AssertStopsAsQuietAsync()}");
    }

    [Fact]
    public async Task Stop_LongerThanTheTimeoutThenContinue_EvictedRefusedAndBackByItself()
    {
        using var run = new ChaosRun(quiet, min: 2, max: 4);
        run.StartWorkers(4);
        await run.UntilStatusAsync(s => ChaosRun.Members(s).Length == 4, "four members");
        await run.UntilFurtherStepsAsync(20);
        var victim = run.Workers[run.Random.Next(4)];

        victim.Send(Signals.Stop);
        var clock = Stopwatch.StartNew();
        await run.UntilStatusAsync(s => s.GetProperty("workers").EnumerateArray()
            .All(w => w.GetProperty("process_id").GetInt32() != victim.Id), "the stopped worker is evicted");
        output.WriteLine($"evicted after {clock.Elapsed.TotalSeconds:F2} s");
        if (LongVariant.IsOn)
            await Task.Delay(TimeSpan.FromSeconds(20) - clock.Elapsed);
        var evictedAt = run.Steps;
        await run.UntilStepAsync(evictedAt + 1); // the others go on without it
        await run.UntilStatusAsync(s => Refused(s) > 0, "the stream of the generation it was in, still open, is refused and counted");
        victim.Send(Signals.Continue);
        clock.Restart();

        var back = await run.UntilStatusAsync(
            s => ChaosRun.Members(s).Contains(victim.Id) && s.GetProperty("state").GetString() == "training" && s.GetProperty("step")
            .GetInt64() > evictedAt,
            "the stopped worker is a member again");
        output.WriteLine($"a member again {clock.Elapsed.TotalSeconds:F2} s after SIGCONT; {Refused(back)} streams and chunks "
            + $"and {back.GetProperty("stale_messages").GetInt64()} messages refused");
        Assert.False(victim.HasExited, run.Describe(victim));

        output.WriteLine($"as the quiet run: {await run.AssertStopsAsQuietAsync()}");
    }

    [Fact]
    public async Task JoinsLeavesAndCrashes_BetweenMinAndMax_EverySentenceOnceAndTheDigestIsTheQuietRuns()
    {
        using var run = new ChaosRun(quiet, min: 1, max: 4);
        run.StartWorkers(2);
        var changes = LongVariant.Times(4, 20);
        for (var change = 0; change < changes; change++)
        {
            await run.UntilFurtherStepsAsync(20);
            var alive = run.Workers.Where(w => !w.HasExited).ToArray();
            if (change % 2 == 0 || alive.Length < 2)
            {
                run.StartWorkers(1);
                var joined = run.Workers[^1].Id;
                await run.UntilStatusAsync(s => ChaosRun.Members(s).Contains(joined), "the new worker is a member");
                continue;
            }

            var leaver = alive[run.Random.Next(alive.Length)];
            if (change % 4 == 3)
            {
                leaver.Kill();
                continue;
            }

            leaver.Send(Signals.Terminate);
            await run.AssertEndedAsync(leaver, ExitCodes.Terminated);
        }

        output.WriteLine($"{changes} changes; as the quiet run: {await run.AssertStopsAsQuietAsync()}");
    }

    private static string Spread(List<double> seconds) => $"{seconds.Order().ElementAt(seconds.Count / 2):F2} s "
        + $"(median), {seconds.Max():F2} s at most";

    private static long Refused(System.Text.Json.JsonElement status) => status.GetProperty("refused_chunks").GetInt64();
}
