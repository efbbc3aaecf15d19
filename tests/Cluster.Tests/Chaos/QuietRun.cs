using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Model.Checkpoints;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>One worker that nobody disturbs: what every run under fire must end as.</summary>
public sealed class QuietRun : IAsyncLifetime
{
    /// <summary>Steps of every run: in several epochs, and enough for faults on the way.</summary>
    public const int Steps = 600;

    /// <summary>Faults come before this step, so that none comes too late for the run.</summary>
    public const int LastFault = Steps / 2;

    internal TinyRun Run { get; } = new();

    /// <summary>Settings of every run.</summary>
    internal string[] Settings { get; } =
    [
        "--set", $"training.max_steps={Steps}", "--set", "training.validate_every=60", "--set", "checkpoints.every=20",
    ];

    /// <summary>The state at the end.</summary>
    internal CheckpointState End { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var folder = Path.Combine(Run.Folder, "quiet");
        var (code, output, error) = await ProgramRunner.RunAsync(["train", Run.ConfigurationPath, "--workers", "1", "--run", folder, .. Settings]);
        Assert.True(code == 0, $"the quiet run ended with {code}\n{output}\n{error}\n{Run.Logs(folder)}");
        End = Run.Newest(folder);
    }

    public Task DisposeAsync()
    {
        Run.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>The tests that share the quiet run.</summary>
[CollectionDefinition(Name)]
public sealed class ChaosCollection : ICollectionFixture<QuietRun>
{
    public const string Name = "chaos";
}
