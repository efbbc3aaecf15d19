using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>How a run and its processes must end.</summary>
internal sealed partial class ChaosRun
{
    /// <summary>
    /// Waits for a process's end. Fails the test unless it ends with this exit code, and says what was done to the run and what it wrote.
    /// </summary>
    public Task AssertEndedAsync(ProgramRunner process, int expected) => _story.AssertEndedAsync(process, expected);

    /// <summary>Waits for the end of the run and holds it against the quiet one.</summary>
    public async Task AssertEndsAsQuietAsync()
    {
        await AssertEndedAsync(Coordinator, ExitCodes.Success);
        var end = Newest();
        Assert.True(end.Step == Length, $"the newest checkpoint is of step {end.Step}, expected {Length}\n{Describe()}");
        await AssertAsQuietAsync(end, Folder);
    }

    /// <summary>
    /// Waits for a checkpoint of a step to come, holds it against the quiet run's, stops the run, and has the program prove its ledger.
    /// </summary>
    /// <returns>The step at which the run stopped, and the one that was compared.</returns>
    public async Task<(long Stopped, long Compared)> AssertStopsAsQuietAsync()
    {
        var now = Steps;
        CheckpointState? seen = null;
        // By and by older ones are removed: their state is kept here.
        bool Seen() => (seen = new CheckpointStore(Folder).List().Select(c => c.State).LastOrDefault(s => s is not null && s.Step > now
            && _quiet.HasOrReaches(s.Step, _variant))) is not null;
        if (_variant == RunVariant.Plain)
            await UntilAsync(Seen, $"a checkpoint after step {now}");
        Coordinator.Send(Signals.Terminate);
        await AssertEndedAsync(Coordinator, ExitCodes.Terminated);
        var end = Newest();
        Assert.True(end.Step == Steps, $"the newest checkpoint is of step {end.Step}, the ledger ends with step {Steps}\n{Describe()}");
        await AssertAsQuietAsync(seen ?? end, Folder);
        return (end.Step, (seen ?? end).Step);
    }

    /// <summary>
    /// Holds the newest checkpoint of a folder against the quiet run's state of the same step, and has the program prove its ledger.
    /// </summary>
    /// <returns>The step.</returns>
    public async Task<long> AssertAsQuietAsync(string folder)
    {
        var end = Newest(folder);
        await AssertAsQuietAsync(end, folder);
        return end.Step;
    }

    /// <summary>The newest valid checkpoint's state.</summary>
    public CheckpointState Newest(string? folder = null) =>
        NewestOrNone(folder) ?? throw new InvalidOperationException($"no valid checkpoint in {folder ?? Folder}\n{Describe()}");

    /// <summary>The same; null where none is there yet.</summary>
    public CheckpointState? NewestOrNone(string? folder = null) => new CheckpointStore(folder ?? Folder).NewestValid()?.State;

    /// <summary>Has the program prove the ledger.</summary>
    public async Task AssertLedgerHoldsAsync(string? folder = null)
    {
        var (output, _) = (await ProgramRunner.RunAsync("inspect", "--run", folder ?? Folder, "--ledger"))
            .Expect(ExitCodes.Success, () => Describe());
        Assert.Contains("0 missing, 0 twice", output, StringComparison.Ordinal);
    }

    private async Task AssertAsQuietAsync(CheckpointState end, string folder)
    {
        var expected = await _quiet.AtAsync(end.Step, _variant);
        Assert.True(expected.ReplicaDigest == end.ReplicaDigest, $"digest {end.ReplicaDigest} at step {end.Step}, the quiet run's "
            + $"is {expected.ReplicaDigest}\n{Describe()}");
        var (rate, quietRate) = (end.Metrics["learning_rate"], expected.Metrics["learning_rate"]);
        Assert.True(rate.Equals(quietRate), $"learning rate {rate} at step {end.Step}, the quiet run's is {quietRate}\n{Describe()}");
        // A run that ends at a step validates there; one that was stopped there does so when it goes on.
        var stopped = end.Step < Length;
        Assert.Equal(expected.ValidationHistory.Where(v => !stopped || v.Step < end.Step),
            end.ValidationHistory.Where(v => !stopped || v.Step < end.Step));
        await AssertLedgerHoldsAsync(folder);
    }
}
