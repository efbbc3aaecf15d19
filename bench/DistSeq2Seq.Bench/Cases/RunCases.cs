using DistSeq2Seq.Bench.Comparing;
using DistSeq2Seq.Bench.Runs;
using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Bench.Cases;

/// <summary>Whole runs by the program itself: coordinator and two workers on this machine.</summary>
/// <param name="folder">Corpora and runs.</param>
/// <param name="root">The source tree.</param>
internal sealed class RunCases(BenchFolder folder, string root)
{
    private const int Workers = 2;

    /// <summary>
    /// Steps between two checkpoints. The first is not timed: its buffers, twice the state, are touched for the first time.
    /// </summary>
    private const int CheckpointEvery = 10;

    /// <summary>Written among the steps timed, and done before the last of them.</summary>
    private const int CheckpointAt = 2 * CheckpointEvery;

    /// <summary>Steps that are timed begin after this one.</summary>
    private const int TimedAfter = 14;

    /// <summary>Steps timed: what a checkpoint costs is spread over these.</summary>
    private const int TimedSteps = 12;

    /// <summary>Tokens a second while a checkpoint is written, against none: the reference model's has 195 MB.</summary>
    public PeerCase Checkpoint()
    {
        var tokens = (double)Workers * ReferenceCase.Sentences * ReferenceCase.Length * TimedSteps;
        return new("checkpoint", $"training with a checkpoint of 195 MB in {TimedSteps} steps, against without", "tokens", tokens, 0.95,
            () => TimedAsync("with", CheckpointEvery), _ => TimedAsync("without", 0), PeerNeedsPython: false);
    }

    /// <summary>From the command to the first step that both workers have taken; the corpus is prepared.</summary>
    public LimitCase Start() => new("start", "start: from the command to the first step, two workers", 5, async () =>
    {
        var (configuration, file) = await PreparedAsync("start", new());
        using var run = TrainRun.Start(root, configuration, file);
        return new Measurement(await run.WaitForStepAsync(1), 0);
    });

    /// <summary>Wall time of the timed steps.</summary>
    private async Task<Measurement> TimedAsync(string name, long every)
    {
        var (configuration, file) = await PreparedAsync(name, new() { Every = every, KeepLast = 1, KeepBest = 0 });
        using var run = TrainRun.Start(root, configuration, file);
        var (begin, used) = (await run.WaitForStepAsync(TimedAfter), run.ProcessorSeconds());
        var measured = new Measurement(await run.WaitForStepAsync(TimedAfter + TimedSteps) - begin, run.ProcessorSeconds() - used);
        var written = Directory.Exists(Path.Combine(configuration.Run, "checkpoints", $"step-{CheckpointAt:D9}"));
        return written == (every > 0) ? measured : throw new InvalidOperationException(
            $"the checkpoint of step {CheckpointAt} is {(written ? "there" : "not there")} after step {TimedAfter + TimedSteps}; "
            + "that is no measurement");
    }

    /// <summary>A run whose corpus is prepared, and that has taken no step.</summary>
    private async Task<(RunConfiguration Configuration, string File)> PreparedAsync(string name, CheckpointConfiguration checkpoints)
    {
        var run = Path.Combine(folder.New("runs"), name);
        var configuration = ReferenceCase.Configuration(Workers) with
        {
            Run = run,
            Data = RunFiles.DataOf(folder.Text),
            Checkpoints = checkpoints,
        };
        var file = RunFiles.Write(configuration);
        if (!Directory.Exists(run))
            await TrainRun.CallAsync(root, "prepare", file);
        foreach (var trace in (IEnumerable<string>)["checkpoints", "logs"])
        {
            if (Directory.Exists(Path.Combine(run, trace)))
                Directory.Delete(Path.Combine(run, trace), recursive: true);
        }

        foreach (var trace in (IEnumerable<string>)["steps.jsonl", "journal.jsonl", "coordinator.json"])
            File.Delete(Path.Combine(run, trace));
        return (configuration, file);
    }
}
