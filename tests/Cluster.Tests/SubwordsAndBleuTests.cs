using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Protocol;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

/// <summary>The law with subwords that are cut anew each epoch and validations compared by BLEU, on real processes.</summary>
public sealed class SubwordsAndBleuTests
{
    private static readonly string[] Words = ["lowest", "newer", "widest"];

    private static readonly string[] Settings =
    [
        .. new[]
        {
            "data.tokenizer=bpe", "data.bpe_merges=30", "data.bpe_dropout=0.2", "training.validation_metric=bleu",
                "training.max_steps=120", "training.optimizer.learning_rate=0.02",
            "training.schedule.name=plateau", "training.schedule.patience=1", "training.schedule.threshold=0.2",
        }.SelectMany(setting => new[] { "--set", setting }),
    ];

    [Fact]
    public async Task Train_KilledAndResumedOnOtherWorkers_EndsAsOnOne()
    {
        using var run = new TinyRun();
        foreach (var name in new[] { "train.tsv", "valid.tsv" })
            MakeWords(Path.Combine(run.Folder, name));
        var (quiet, killed) = (Path.Combine(run.Folder, "quiet"), Path.Combine(run.Folder, "killed"));
        var expected = await TrainAsync(run, 1, quiet);
        Assert.Equal(120, expected.Step);
        Assert.All(expected.ValidationHistory, point => Assert.NotNull(point.Bleu));
        Assert.Contains(expected.ValidationHistory, point => point.Bleu > 0);

        using (var first = ProgramRunner.Start(Command(run, 3, killed)))
        {
            var story = new RunStory(() => run.LedgerSteps(killed)) { RunFolder = killed };
            story.Follow($"train (process {first.Id})", first);
            await Patience.UntilAsync(() => run.LedgerSteps(killed) >= 25,
                () => $"step {run.LedgerSteps(killed)} of 25\n{story.Tell(first)}");
            first.KillAll();
        }

        var resumed = await TrainAsync(run, 2, killed);
        Assert.Equal(expected.ReplicaDigest, resumed.ReplicaDigest);
        Assert.Equal(expected.ValidationHistory, resumed.ValidationHistory);
        Assert.Equal(expected.Training.ToJsonString(), resumed.Training.ToJsonString());

        // Dropping fewer of them gives another model.
        var fewer = Path.Combine(run.Folder, "fewer");
        Assert.NotEqual(expected.ReplicaDigest, (await TrainAsync(run, 1, fewer, "--set", "data.bpe_dropout=0.1")).ReplicaDigest);
    }

    /// <summary>Makes words of the letters: few, so that the model soon says a right one now and then.</summary>
    private static void MakeWords(string path) => File.WriteAllText(path, string.Concat(File.ReadAllText(path).Select(c =>
        char.IsAsciiLetter(c) ? Words[c % Words.Length] : c.ToString())));

    private static string[] Command(TinyRun run, int workers, string folder, params string[] further) =>
        ["train", run.ConfigurationPath, "--workers", $"{workers}", "--run", folder, .. Settings, .. further];

    private static async Task<CheckpointState> TrainAsync(TinyRun run, int workers, string folder, params string[] further)
    {
        (await ProgramRunner.RunAsync(Command(run, workers, folder, further))).Expect(ExitCodes.Success, folder);
        return run.Newest(folder);
    }
}
