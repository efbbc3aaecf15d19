using System.Text.Json;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Tests.Training;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>Tests that need PyTorch.</summary>
[Collection(TorchCollection.Name)]
public sealed class FixtureScriptTests
{
    /// <summary>One model of each kind that the fixtures have, but for label smoothing.</summary>
    public static TheoryData<string> Models { get; } = new(Fixtures.Models.Cases.DistinctBy(c => c.Options).Select(c => c.Name));

    [Theory]
    [MemberData(nameof(Models))]
    public void ModelFile_OfACheckpoint_LoadsInPyTorchAndHasTheSameLoss(string name)
    {
        Python.SkipWithoutTorch();
        var options = Fixtures.Models.Cases.Single(c => c.Name == name).Options
            with
        { SourceVocabulary = Runs.Vocabulary, TargetVocabulary = Runs.Vocabulary };
        var configuration = new RunConfiguration { Model = options.Configuration };
        using var run = new Checkpoints.TestFolder();
        using var replica = Runs.NewReplica(configuration);
        Runs.Step(replica, configuration, Runs.MicroBatches(configuration, 0), learningRate: 0.1);
        var checkpoint = new CheckpointStore(run.Path).Write(new CheckpointContent
        {
            Layout = replica.Layout,
            Parameters = FloatBuffer.Of(replica.Parameters),
            State = new CheckpointState
            {
                RunId = "parity",
                Step = replica.Step,
                Epoch = 0,
                BatchIndex = 0,
                CorpusDigest = "none",
                Seed = 1,
            },
        });

        var pairs = Fixtures.Models.Batches[0];
        var answer = JsonDocument.Parse(Python.RunScript(
            Repository.PathOf("tests", "fixtures", "checkpoint_loss.py"),
            JsonSerializer.Serialize(new { options, pairs }, FixtureJson.Options), checkpoint.Path));

        var expected = answer.RootElement.GetProperty("loss").GetDouble();
        Assert.Equal(expected, replica.ComputeLoss(Batches.Of(pairs)), 1e-5 * expected);
    }

    /// <summary>The committed fixtures are what the committed script makes.</summary>
    [Fact]
    public void MakeFixtures_RunAgain_GivesTheCommittedNumbers()
    {
        Python.SkipWithoutTorch();
        using var folder = new Checkpoints.TestFolder();

        Python.RunScript(Repository.PathOf("tests", "fixtures", "make_fixtures.py"), "", folder.Path);

        AssertSame(Fixtures.Models, folder.File("model.json"), c => (c.Name, c.Options, c.LabelSmoothing), c => [c.Loss],
            c => [c.Logits, c.Weights, c.Gradient]);
        AssertSame(Fixtures.Training, folder.File("training.json"), c => (c.Name, c.Options, c.Dropout, c.Variational, c.Sampled, c.Seed),
            c => [c.Loss, .. (c.Inputs ?? []).SelectMany(words => words.Select(word => (double)word))], c => [c.Features, c.Gradient]);
        AssertSame(Fixtures.Initializations, folder.File("initialization.json"),
            c => (c.Name, c.Options, c.Kind, c.InitScale, c.ForgetBias, c.Seed),
            c => [c.Loss], c => [c.Parameters, c.Gradient, .. (c.Vectors ?? []).Values.Select(vectors => vectors.Values)]);
        AssertSame(Fixtures.Optimizers, folder.File("optimizers.json"), c => (c.Name, c.Options, c.Kind, c.ClipNorm),
            c => [.. c.Losses, .. c.Norms], c => [c.First, c.Parameters, c.Average]);
        AssertSame(Fixtures.Schedules, folder.File("schedules.json"), c => c.Name, c => c.Rates, _ => [], tolerance: 1e-12);
    }

    /// <summary>Compares what a file says of each case: what it is, single numbers, packed tensors.</summary>
    private static void AssertSame<TCase, TKey>(
        FixtureFile<TCase> committed, string path, Func<TCase, TKey> key, Func<TCase, double[]> numbers, Func<TCase, string?[]> tensors,
        double tolerance = 1e-9)
    {
        var made = FixtureFile<TCase>.ReadFrom(path);
        Assert.Equal(committed.Batches, made.Batches);
        Assert.Equal(committed.Cases.Select(key), made.Cases.Select(key));
        foreach (var (one, other) in committed.Cases.Zip(made.Cases))
        {
            Assert.Equal(numbers(one).Length, numbers(other).Length);
            Assert.All(numbers(one).Zip(numbers(other)), pair => Assert.Equal(pair.First, pair.Second, tolerance * Math.Abs(pair.First)));
            Assert.Equal(tensors(one).Length, tensors(other).Length);
            foreach (var (expected, actual) in tensors(one).Zip(tensors(other)))
                Assert.InRange(Fixtures.RelativeError(Fixtures.Unpack(expected ?? ""), Fixtures.Unpack(actual ?? "")), 0, 1e-6);
        }
    }
}
