using System.Text.Json;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Tests.Training;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>What needs PyTorch at hand.</summary>
[Collection(TorchCollection.Name)]
public sealed class FixtureScriptTests
{
    /// <summary>One model of each kind that the fixtures have, but for label smoothing.</summary>
    public static TheoryData<string> Models { get; } = new(Fixtures.Models.Cases.DistinctBy(c => c.Options).Select(c => c.Name));

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public void ModelFile_OfACheckpoint_LoadsInPyTorchAndHasTheSameLoss(string name)
    {
        Python.SkipWithoutTorch();
        var options = Fixtures.Models.Cases.Single(c => c.Name == name).Options with { SourceVocabulary = Runs.Vocabulary, TargetVocabulary = Runs.Vocabulary };
        var configuration = new RunConfiguration { Model = options.Configuration };
        using var run = new Checkpoints.TestFolder();
        using var replica = Runs.NewReplica(configuration);
        Runs.Step(replica, configuration, Runs.MicroBatches(configuration, 0), learningRate: 0.1);
        var checkpoint = new CheckpointStore(run.Path).Write(new CheckpointContent
        {
            Layout = replica.Layout,
            Parameters = FloatBuffer.Of(replica.Parameters),
            State = new CheckpointState { RunId = "parity", Step = replica.Step, Epoch = 0, BatchIndex = 0, CorpusDigest = "none", Seed = 1 },
        });

        var pairs = Fixtures.Models.Batches[0];
        var answer = JsonDocument.Parse(Python.RunScript(
            Repository.PathOf("tests", "fixtures", "checkpoint_loss.py"),
            JsonSerializer.Serialize(new { options, pairs }, FixtureJson.Options), checkpoint.Path));

        var expected = answer.RootElement.GetProperty("loss").GetDouble();
        Assert.Equal(expected, replica.ComputeLoss(Batches.Of(pairs)), 1e-5 * expected);
    }

    /// <summary>The committed fixtures are what the committed script makes.</summary>
    [SkippableFact]
    public void MakeFixtures_RunAgain_GivesTheCommittedNumbers()
    {
        Python.SkipWithoutTorch();
        using var folder = new Checkpoints.TestFolder();

        Python.RunScript(Repository.PathOf("tests", "fixtures", "make_fixtures.py"), "", folder.Path);

        var models = FixtureFile<ModelCase>.ReadFrom(Path.Combine(folder.Path, "model.json"));
        Assert.Equal(Fixtures.Models.Cases.Select(c => (c.Name, c.Options)), models.Cases.Select(c => (c.Name, c.Options)));
        foreach (var (committed, made) in Fixtures.Models.Cases.Zip(models.Cases))
        {
            Assert.Equal(committed.Loss, made.Loss, 1e-6);
            Assert.InRange(Fixtures.RelativeError(Fixtures.Unpack(committed.Gradient), Fixtures.Unpack(made.Gradient)), 0, 1e-6);
            Assert.InRange(Fixtures.RelativeError(Fixtures.Unpack(committed.Logits), Fixtures.Unpack(made.Logits)), 0, 1e-6);
        }

        var optimizers = FixtureFile<OptimizerCase>.ReadFrom(Path.Combine(folder.Path, "optimizers.json"));
        Assert.Equal(Fixtures.Optimizers.Cases.Select(c => c.Name), optimizers.Cases.Select(c => c.Name));
        foreach (var (committed, made) in Fixtures.Optimizers.Cases.Zip(optimizers.Cases))
        {
            Assert.InRange(Fixtures.RelativeError(Fixtures.Unpack(committed.Parameters), Fixtures.Unpack(made.Parameters)), 0, 1e-6);
            Assert.InRange(Fixtures.RelativeError(Fixtures.Unpack(committed.Average), Fixtures.Unpack(made.Average)), 0, 1e-6);
        }

        var schedules = FixtureFile<ScheduleCase>.ReadFrom(Path.Combine(folder.Path, "schedules.json"));
        Assert.Equal(Fixtures.Schedules.Cases.Select(c => c.Name), schedules.Cases.Select(c => c.Name));
        foreach (var (committed, made) in Fixtures.Schedules.Cases.Zip(schedules.Cases))
            Assert.All(committed.Rates.Zip(made.Rates), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }
}
