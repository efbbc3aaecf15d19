using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

/// <summary>
/// The law where training follows its validations: plateau schedule, early stopping, moving average and scheduled sampling, on real
/// processes.
/// </summary>
public sealed class CourseTests(CourseTests.QuietRun quiet) : IClassFixture<CourseTests.QuietRun>
{
    private static readonly string[] Settings =
    [
        .. new[]
        {
            "max_steps=3000", "validate_every=10", "ema_decay=0.95", "schedule.name=plateau", "schedule.patience=1",
                "schedule.threshold=0.05",
            "schedule.warmup=0.5e", "early_stopping.patience=3", "early_stopping.threshold=0.02",
            "scheduled_sampling.schedule=linear", "scheduled_sampling.min_truth=0.5", "scheduled_sampling.over=3e",
        }.SelectMany(setting => new[] { "--set", $"training.{setting}" }),
    ];

    [Fact]
    public void Train_OnOneWorker_LowersItsRateAndStopsEarly()
    {
        Assert.True(quiet.End.Training["stopped_early"]!.GetValue<bool>(), quiet.End.Training.ToJsonString());
        Assert.InRange(quiet.End.Training["plateau_falls"]!.GetValue<int>(), 1, 1000);
        Assert.InRange(quiet.End.Step, 40, 2999);
        Assert.Contains("ema", quiet.End.Slots);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Train_OnSeveralWorkers_EndsAsOnOne(int workers)
    {
        var folder = Path.Combine(quiet.Run.Folder, $"workers-{workers}");
        AssertEndsAlike(await quiet.TrainAsync(workers, folder), folder);
    }

    [Fact]
    public async Task Train_KilledAndResumedOnOtherWorkers_EndsAsOnOne()
    {
        var folder = Path.Combine(quiet.Run.Folder, "killed");
        var killAt = quiet.End.Step / 2;
        using (var first = ProgramRunner.Start(quiet.Command(2, folder)))
        {
            var story = new RunStory(() => quiet.Run.LedgerSteps(folder)) { RunFolder = folder };
            story.Follow($"train (process {first.Id})", first);
            await Patience.UntilAsync(() => quiet.Run.LedgerSteps(folder) >= killAt,
                () => $"step {quiet.Run.LedgerSteps(folder)} of {killAt}\n{story.Tell(first)}");
            first.KillAll();
        }

        // All that a checkpoint's folder knows is enough: the journal of the validations is lost too.
        File.Delete(Path.Combine(folder, "journal.jsonl"));
        AssertEndsAlike(await quiet.TrainAsync(3, folder), folder);

        // A run that stopped early stays stopped.
        var written = quiet.Run.Newest(folder).WrittenAt;
        AssertEndsAlike(await quiet.TrainAsync(1, folder), folder);
        Assert.Equal(written, quiet.Run.Newest(folder).WrittenAt);
    }

    private void AssertEndsAlike(CheckpointState state, string folder)
    {
        Assert.Equal(quiet.End.ReplicaDigest, state.ReplicaDigest);
        Assert.Equal(quiet.End.ValidationHistory, state.ValidationHistory);
        Assert.Equal(quiet.End.Training.ToJsonString(), state.Training.ToJsonString());
        Assert.Equal(Rates(quiet.Folder), Rates(folder));
    }

    /// <summary>The learning rate of every step; of several entries for a step, the last.</summary>
    private static IReadOnlyDictionary<long, double> Rates(string folder) =>
        RunJournal.ReadLedger(folder, out _).GroupBy(step => step.Step).ToDictionary(steps => steps.Key,
            steps => steps.Last().LearningRate);

    /// <summary>One worker that nobody disturbs: what every other run must end as.</summary>
    public sealed class QuietRun : IAsyncLifetime
    {
        internal TinyRun Run { get; } = new();

        internal string Folder => Path.Combine(Run.Folder, "quiet");

        internal CheckpointState End { get; private set; } = null!;

        public async ValueTask InitializeAsync() => End = await TrainAsync(1, Folder);

        public ValueTask DisposeAsync()
        {
            Run.Dispose();
            return ValueTask.CompletedTask;
        }

        internal string[] Command(int workers, string folder) => ["train", Run.ConfigurationPath, "--workers", $"{workers}", "--run",
            folder, .. Settings];

        internal async Task<CheckpointState> TrainAsync(int workers, string folder)
        {
            (await ProgramRunner.RunAsync(Command(workers, folder))).Expect(ExitCodes.Success, folder);
            return Run.Newest(folder);
        }
    }
}
