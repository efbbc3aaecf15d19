using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>
/// Processes that are asked to end and cannot do it properly: their workers stand still, and no timeout takes them for lost.
/// </summary>
public sealed class DrainTimeTests(QuietRun quiet) : IClassFixture<QuietRun>
{
    private static readonly string[] NobodyIsLost = ["cluster.timeouts.heartbeat=600", "cluster.timeouts.step=6000",
        "checkpoints.every=100000"];

    [Fact]
    public async Task Terminate_CoordinatorThatCannotSave_EndsAfterTheTimeAllowedAndSaysSo()
    {
        using var run = new ChaosRun(quiet, min: 2, max: 2, [.. NobodyIsLost, "cluster.timeouts.drain=2"]);
        await StandStillAsync(run);

        run.Coordinator.Send(Signals.Terminate);

        await run.AssertEndedAsync(run.Coordinator, ExitCodes.Terminated);
        Assert.Contains("cluster.timeouts.drain", run.Coordinator.Output + run.Coordinator.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.Interrupt)]
    public async Task Terminate_Twice_EndsAtOnce(int signal)
    {
        using var run = new ChaosRun(quiet, min: 2, max: 2, [.. NobodyIsLost, "cluster.timeouts.drain=86400"]);
        await StandStillAsync(run);

        run.Coordinator.Send(signal);
        await run.UntilStatusAsync(s => s.GetProperty("message").GetString()!.Contains("asked to stop", StringComparison.Ordinal),
            "it was asked once");
        run.Coordinator.Send(signal);

        await run.AssertEndedAsync(run.Coordinator, ExitCodes.Terminated);
    }

    private static async Task StandStillAsync(ChaosRun run)
    {
        run.StartWorkers(2);
        await run.UntilStepAsync(5);
        foreach (var worker in run.Workers)
            worker.Send(Signals.Stop);
    }
}
