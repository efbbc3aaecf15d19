using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>Workers lost by what no signal and no network does to them.</summary>
public sealed class WorkerFaultTests(QuietRun quiet, ITestOutputHelper output) : IClassFixture<QuietRun>
{
    private const int Killed = 128 + Signals.Kill;

    [Fact]
    public async Task Exception_DeathInTheExchangeAndBeforeApplying_TheOthersTakeTheStepAgain()
    {
        var machine = OneMachine.New();
        using var run = new ChaosRun(quiet, machine, 120, min: 3, max: 3, "cluster.topology=sharded");
        // Three are needed, so that each is a member when its step comes.
        foreach (var fault in (string[])["exception@step=20", "die-in-exchange@step=40", "die-between-gather-and-apply@step=60"])
            StartFaulty(run, machine, fault);
        var (throws, dies, diesLater) = (run.Workers[0], run.Workers[1], run.Workers[2]);

        await run.UntilStepAsync(20);
        await run.UntilAsync(() => run.Coordinator.Output.Contains("an exception at step 20", StringComparison.Ordinal),
            "the exception is reported");
        foreach (var victim in (ProgramRunner[])[dies, diesLater])
        {
            await run.AssertEndedAsync(victim, Killed);
            run.StartWorkers(1); // without it no step is taken
        }

        await run.AssertEndsAsQuietAsync();
        // A worker whose model threw is as good as any other afterwards.
        await run.AssertEndedAsync(throws, ExitCodes.Success);
        await run.AssertEndedAsync(run.Workers[^1], ExitCodes.Success);
        output.WriteLine(string.Join('\n', run.Coordinator.Output.Split('\n')
            .Where(line => line.Contains("Lost worker", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Full_DiskOfAWorker_ItSaysSoAndTheOthersTrain()
    {
        LongVariant.RequireOrSkip();
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "hiding the coordinator's disk from a worker needs Linux and root");
        var machine = OneMachine.New();
        using var run = new ChaosRun(quiet, machine, 120, min: 2, max: 3);
        var prepared = Path.Combine(run.Folder, "data");
        await run.UntilAsync(() => Directory.Exists(prepared), "the corpus is prepared");
        var own = Directory.CreateDirectory(Path.Combine(run.Folder, "data-of-the-worker")).FullName;
        // It sees an empty folder where the corpus lies, and may fetch it to a disk that has no room.
        machine.WorkerPlace = new ProgramPlace
        {
            Through = ["unshare", "--mount", "sh", "-ec", "mount -t tmpfs none \"$0\"; mount -t tmpfs -o size=4k none \"$1\"; shift; "
                + "exec \"$@\"", prepared, own],
        };
        machine.WorkerArguments = ["--data", own];
        run.Note("worker 0 starts where the corpus is hidden and its own disk holds 4 kB");
        run.StartWorkers(1);
        await run.UntilAsync(() => run.Coordinator.Output.Contains("the corpus cannot be kept here", StringComparison.Ordinal),
            "the worker's failure is told");
        var failure = run.Coordinator.Output.Split('\n')
            .First(line => line.Contains("the corpus cannot be kept here", StringComparison.Ordinal));
        Assert.Contains("No space left on device", failure, StringComparison.Ordinal);
        output.WriteLine(failure);

        (machine.WorkerPlace, machine.WorkerArguments) = (ProgramPlace.Here, []);
        run.StartWorkers(2);

        await run.AssertEndsAsQuietAsync();
    }

    private static void StartFaulty(ChaosRun run, OneMachine machine, string fault)
    {
        machine.WorkerPlace = ProgramPlace.Here.With(RunVariant.FaultVariable, fault);
        run.StartWorkers(1);
        machine.WorkerPlace = ProgramPlace.Here;
    }
}
