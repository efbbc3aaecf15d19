using System.Diagnostics;
using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>Networks that are cut, slow, late or break connections. The run is right, only slower.</summary>
public sealed class NetworkTests(QuietRun quiet, ITestOutputHelper output) : IClassFixture<QuietRun>
{
    /// <summary>Memory would be shared over a cut between namespaces, too: they are one kernel's.</summary>
    private const string NoSharedMemory = "cluster.shared_memory=false";

    [Fact]
    public async Task Cut_LinkOfOneWorker_TheOthersGoOnAndItIsBackByItself()
    {
        NetworkNamespace.RequireOrSkip();
        var machines = SeparateMachines.New();
        using var run = new ChaosRun(quiet, machines, ChaosRun.Endless, min: 3, max: 4, NoSharedMemory);
        run.StartWorkers(4);
        await run.UntilMembersAsync(4);
        await run.UntilStepAsync(run.Steps + run.Random.Next(5, 40));
        var victim = run.Random.Next(4);

        machines.Cut(victim);
        var clock = Stopwatch.StartNew();
        await run.UntilMembersAsync(3);
        output.WriteLine($"evicted {clock.Elapsed.TotalSeconds:F2} s after the cut");
        var evictedAt = run.Steps;
        await run.UntilStepAsync(evictedAt + 1);
        if (LongVariant.IsOn)
            await Task.Delay(TimeSpan.FromSeconds(30) - clock.Elapsed);
        machines.Mend(victim);
        var cut = clock.Elapsed;

        await run.UntilMembersAsync(4);
        output.WriteLine($"cut for {cut.TotalSeconds:F2} s; a member again {(clock.Elapsed - cut).TotalSeconds:F2} s after the "
            + "link was up");
        Assert.All(run.Workers, w => Assert.False(w.HasExited, run.Describe(w)));
        await run.UntilStepAsync(run.Steps + 1);
        output.WriteLine($"as the quiet run: {await run.AssertStopsAsQuietAsync()}");
    }

    [Fact]
    public async Task Slow_LinksOfFourMegabits_TheDigestIsTheQuietRuns()
    {
        LongVariant.RequireOrSkip();
        NetworkNamespace.RequireOrSkip();
        Assert.SkipUnless(Tool.Exists("tc"), "the program tc is not on PATH (Debian's package iproute2)");
        var machines = SeparateMachines.New();
        using var run = new ChaosRun(quiet, machines, QuietRun.ValidateEvery * 4, min: 4, max: 4, NoSharedMemory);
        run.StartWorkers(4);
        await run.UntilStepAsync(2);
        for (var worker = 0; worker < 4; worker++)
            machines.Slow(worker, kilobits: 4000);

        await run.AssertEndsAsQuietAsync();
    }

    [Theory]
    [InlineData("star", true)]
    [InlineData("sharded", false)]
    public async Task DelayAndBreak_EveryConnection_TheDigestIsTheQuietRuns(string topology, bool isLong)
    {
        if (isLong)
            LongVariant.RequireOrSkip();
        var machines = DisturbedMachines.New(new LinkWeather(ChaosSeed.Draw()) { Delay = TimeSpan.FromMilliseconds(50) });
        using var run = new ChaosRun(quiet, machines, ChaosRun.Endless, min: 3, max: 3, NoSharedMemory, $"cluster.topology={topology}");
        run.StartWorkers(3);
        var breaks = LongVariant.Times(1, 10);
        for (var i = 0; i < breaks; i++)
        {
            await run.UntilFurtherStepsAsync(8);
            var (step, generation) = (run.Steps, run.Ledger[^1].Generation);
            var connections = machines.BreakAll();
            Assert.True(connections > 0, $"there was no connection to break\n{run.Describe()}");
            var clock = Stopwatch.StartNew();
            await run.UntilAsync(() => run.Ledger[^1].Generation > generation, "a step of a later generation");
            output.WriteLine($"{topology}: {connections} connections broken at step {step}, next step "
                + $"after {clock.Elapsed.TotalSeconds:F2} s");
        }

        output.WriteLine($"as the quiet run: {await run.AssertStopsAsQuietAsync()}");
        foreach (var worker in run.Workers)
            await run.AssertEndedAsync(worker, ExitCodes.Terminated);
    }

    [Fact]
    public async Task Shuffle_OrderOfArrival_TheSameBitsEachTime()
    {
        LongVariant.RequireOrSkip();
        const int times = 20;
        for (var i = 0; i < times; i++)
        {
            // Several times what a step takes: each piece may come before or after any other connection's.
            var machines = DisturbedMachines.New(new LinkWeather(ChaosSeed.Draw()) { Jitter = TimeSpan.FromMilliseconds(40) });
            using var run = new ChaosRun(quiet, machines, QuietRun.ValidateEvery, min: 4, max: 4, NoSharedMemory,
                "cluster.topology=sharded");
            run.StartWorkers(4);
            await run.AssertEndsAsQuietAsync();
        }
    }
}
