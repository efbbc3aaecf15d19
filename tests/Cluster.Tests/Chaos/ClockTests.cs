using DistSeq2Seq.Cluster.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>Clocks that are wrong, and clocks that are set while a run is under way.</summary>
public sealed class ClockTests(QuietRun quiet) : IClassFixture<QuietRun>
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task Clocks_OffByAnHourAndSetMeanwhile_NoEffect()
    {
        using var ofWorker = WallClock.CreateOrSkip();
        using var ofAnother = WallClock.CreateOrSkip();
        using var ofCoordinator = WallClock.CreateOrSkip();
        ofWorker.Offset = Hour;
        // So long a timeout is passed by nothing but a clock that jumps.
        var machines = new MachinesWithClocks(OneMachine.New(), ofCoordinator, [ofWorker, ofAnother]);
        using var run = new ChaosRun(quiet, machines, 120, min: 3, max: 3, "cluster.timeouts.heartbeat=600", "cluster.timeouts.step=600");
        run.Note("the clock of worker 0 is an hour ahead");
        run.StartWorkers(3);
        await run.UntilStepAsync(5);
        ofAnother.Offset = -Hour;
        run.Note("the clock of worker 1 is set an hour back");
        await run.UntilStepAsync(run.Steps + 20);
        ofCoordinator.Offset = Hour;
        run.Note("the clock of the coordinator is set an hour ahead");
        // Otherwise the test would test nothing: the clock has jumped when a checkpoint says so.
        await run.UntilAsync(() => run.NewestOrNone()?.WrittenAt > DateTimeOffset.UtcNow + (Hour / 2),
            "a checkpoint by the clock that jumped");
        ofCoordinator.Offset = -Hour;
        run.Note("the clock of the coordinator is set two hours back");

        await run.AssertEndsAsQuietAsync();
        Assert.Single(run.Ledger.Select(step => step.Generation).Distinct());
    }

    /// <summary>The coordinator and the first workers have clocks of their own.</summary>
    private sealed class MachinesWithClocks : RunHosts
    {
        private readonly OneMachine _machine;
        private readonly Queue<WallClock> _clocks;

        [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
        public MachinesWithClocks(OneMachine machine, WallClock coordinator, IEnumerable<WallClock> workers)
        {
            (_machine, _clocks) = (machine, new Queue<WallClock>(workers));
            (Seed, Http) = (machine.Seed, machine.Http);
            Coordinator = machine.Coordinator with { Place = coordinator.Place };
        }

        public override RunHost Coordinator { get; }

        public override RunHost NextWorker() =>
            _clocks.TryDequeue(out var clock) ? _machine.NextWorker() with { Place = clock.Place } : _machine.NextWorker();
    }
}
