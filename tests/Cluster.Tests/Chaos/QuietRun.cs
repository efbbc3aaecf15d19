using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>
/// One worker that nobody disturbs: what every run under fire must end as. The same for all classes of tests of a process, and taken
/// further when one of them needs that.
/// </summary>
public sealed class QuietRun : IAsyncLifetime
{
    /// <summary>Steps between two validations, of every run.</summary>
    public const int ValidateEvery = 60;

    /// <summary>Steps between two checkpoints, unless a test says otherwise.</summary>
    public const int CheckpointEvery = 20;

    /// <summary>Steps that it takes at first: as many as most tests need.</summary>
    private const long FirstSteps = 10 * ValidateEvery;

    private const string Prefix = "distseq2seq-quiet-";

    private static readonly Lazy<TinyRun> Shared = new(() =>
    {
        RemoveOrphans();
        return new TinyRun(prefix: $"{Prefix}{Environment.ProcessId}-");
    });

    private static readonly SemaphoreSlim One = new(1);
    private static long _length;

    internal TinyRun Run => Shared.Value;

    /// <summary>Settings of runs of a length.</summary>
    internal static string[] SettingsFor(long steps) =>
    [
        "--set", $"training.max_steps={steps}", "--set", $"training.validate_every={ValidateEvery}", "--set",
        $"checkpoints.every={CheckpointEvery}",
    ];

    public async ValueTask InitializeAsync() => await AtAsync(CheckpointEvery, RunVariant.Plain);

    /// <summary>Whether the state of a step costs no further run, or one that others will need too.</summary>
    internal bool HasOrReaches(long step, RunVariant variant) =>
        variant == RunVariant.Plain && step % CheckpointEvery == 0
        && (step > Volatile.Read(ref _length) || Kept(FolderOf(variant.Name), step) is not null);

    /// <summary>
    /// The state that the quiet run of a variant has at a step: its own checkpoint where it has one, else a further quiet run's to there.
    /// </summary>
    internal async Task<CheckpointState> AtAsync(long step, RunVariant variant)
    {
        await One.WaitAsync();
        try
        {
            if (variant == RunVariant.Plain && step % CheckpointEvery == 0)
            {
                var folder = FolderOf(variant.Name);
                if (step > _length)
                {
                    // A whole number of validations, so that the longer run goes on as if it had not ended.
                    var length = Math.Max(FirstSteps, (step + ValidateEvery - 1) / ValidateEvery * ValidateEvery);
                    await RunAsync(folder, length, variant);
                    Volatile.Write(ref _length, length);
                }

                // One that is due while the disk still takes the one before is left out.
                if (Kept(folder, step) is { } kept)
                    return kept;
            }

            var own = FolderOf($"{variant.Name}-{step}");
            if (!Directory.Exists(own))
                await RunAsync(own, step, variant);
            return Run.Newest(own);
        }
        finally
        {
            One.Release();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static CheckpointState? Kept(string folder, long step) => new CheckpointStore(folder).List()
        .SingleOrDefault(c => c.Step == step)?.State;

    // No class knows whether it is the last, and a test's process may be killed: the next one clears up. A name carries the process that
    // made it.
    private static void RemoveOrphans()
    {
        if (!Directory.Exists("/proc/self"))
            return; // nothing here tells whether a process lives
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), Prefix + "*"))
            if (!Directory.Exists($"/proc/{Path.GetFileName(folder)[Prefix.Length..].Split('-')[0]}"))
                Directory.Delete(folder, recursive: true);
    }

    private string FolderOf(string name) => Path.Combine(Run.Folder, $"quiet-{name}");

    private async Task RunAsync(string folder, long steps, RunVariant variant)
    {
        using var train = ProgramRunner.Start(
            ProgramPlace.Here.With(RunVariant.FaultVariable, variant.Faults),
            ["train", Run.ConfigurationPath, "--workers", "1", "--run", folder, .. SettingsFor(steps), .. variant.Arguments, "--set",
                "checkpoints.keep_last=1000"]);
        var story = new RunStory { RunFolder = folder };
        story.Follow($"the quiet run (process {train.Id})", train);
        // Hours of faults may have come before it.
        await story.AssertEndedAsync(train, ExitCodes.Success, Patience.Long + (steps * TimeSpan.FromMilliseconds(100)));
    }
}
