using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Model.Checkpoints;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>One worker that nobody disturbs: what every run under fire must end as.</summary>
public sealed class QuietRun : IAsyncLifetime
{
    /// <summary>Steps of every run: in several epochs, and enough for faults on the way.</summary>
    public const int Steps = 600;

    /// <summary>Steps between two validations, of every run.</summary>
    public const int ValidateEvery = 60;

    internal TinyRun Run { get; } = new();

    /// <summary>Settings of every run.</summary>
    internal string[] Settings { get; } = SettingsFor(Steps);

    /// <summary>The state at the end.</summary>
    internal CheckpointState End { get; private set; } = null!;

    /// <summary>Settings of runs of another length.</summary>
    internal static string[] SettingsFor(long steps) =>
    [
        "--set", $"training.max_steps={steps}", "--set", $"training.validate_every={ValidateEvery}", "--set", "checkpoints.every=20",
    ];

    public async Task InitializeAsync() => End = await RunAsync(Folder, Steps, RunVariant.Plain);

    /// <summary>The state that the quiet run of a variant has at a step: its own checkpoint where it is kept, else a further quiet run to there.</summary>
    internal async Task<CheckpointState> AtAsync(long step, RunVariant variant)
    {
        if (variant == RunVariant.Plain && new CheckpointStore(Folder).List().SingleOrDefault(c => c.Step == step)?.State is { } kept)
            return kept;
        var folder = Path.Combine(Run.Folder, $"quiet-{variant.Name}-{step}");
        return Directory.Exists(folder) ? Run.Newest(folder) : await RunAsync(folder, step, variant);
    }

    public Task DisposeAsync()
    {
        Run.Dispose();
        return Task.CompletedTask;
    }

    private string Folder => Path.Combine(Run.Folder, "quiet");

    private async Task<CheckpointState> RunAsync(string folder, long steps, RunVariant variant)
    {
        using var train = ProgramRunner.Start(
            ProgramPlace.Here.With(RunVariant.FaultVariable, variant.Faults),
            ["train", Run.ConfigurationPath, "--workers", "1", "--run", folder, .. SettingsFor(steps), .. variant.Arguments, "--set", "checkpoints.keep_last=1000"]);
        // Hours of faults may have come before it.
        var code = await train.WaitAsync(Patience.Long + (steps * TimeSpan.FromMilliseconds(100)));
        Assert.True(code == 0, $"the quiet run ended with {code}\n{train.Output}\n{train.Error}\n{Run.Logs(folder)}");
        return Run.Newest(folder);
    }
}

/// <summary>The tests that share the quiet run.</summary>
[CollectionDefinition(Name)]
public sealed class ChaosCollection : ICollectionFixture<QuietRun>
{
    public const string Name = "chaos";
}
