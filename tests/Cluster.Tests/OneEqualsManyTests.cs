using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Coordinator.RunFolders;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Protocol;
using DistSeq2Seq.Protocol.Plans;
using DistSeq2Seq.Worker.Training;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests;

/// <summary>
/// The law: the model at a step is a function of configuration, corpus and seed, not of how many workers computed it, nor of
/// who summed. Real processes, dropout on.
/// </summary>
public sealed class OneEqualsManyTests
{
    [Theory]
    [InlineData(1, "star")]
    [InlineData(2, "star")]
    [InlineData(3, "star")]
    [InlineData(4, "star")]
    [InlineData(1, "sharded")]
    [InlineData(2, "sharded")]
    [InlineData(3, "sharded")]
    [InlineData(4, "sharded")]
    public async Task Train_AnyWorkersAndTopology_DigestOfThePlainLoop(int workers, string topology)
    {
        using var run = new TinyRun();

        (await ProgramRunner.RunAsync(
            "train", run.ConfigurationPath, "--workers", $"{workers}", "--set", $"cluster.topology={topology}"))
            .Expect(ExitCodes.Success, run.RunFolder);

        var state = run.Newest();
        Assert.Equal(20, state.Step);
        Assert.Equal(PlainLoopDigest(run, state.Step), state.ReplicaDigest);
    }

    /// <summary>Each of the network's options is in one of these, and dropout is on.</summary>
    [Theory]
    [InlineData("data.source_vectors=vectors.txt", "model.input_feeding=true", "model.variational_dropout=true",
        "model.attention=normed_additive", "model.forget_bias=1")]
    [InlineData("model.cell=gru", "model.residual=true", "model.decoder.layers=2", "model.reverse_source=true",
        "model.initialization=xavier",
        "data.shared_vocabulary=true", "model.tied_embeddings=all", "model.embedding_size=14")]
    public async Task Train_WithTheNetworksOptions_DigestOfThePlainLoop(params string[] settings)
    {
        using var run = new TinyRun();
        await EqualsThePlainLoopAsync(run, 2, settings);
    }

    /// <summary>
    /// Micro-batches of hundreds of words, where the kernels multiply by packed panels (from 100 rows) and the output layer goes
    /// through several slices (of 16 MB of logits).
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Train_WithLargeProducts_DigestOfThePlainLoop(int workers)
    {
        using var run = new TinyRun();
        run.WriteTraining(3000, vocabulary: 9000);
        await EqualsThePlainLoopAsync(run, workers, "training.batch_tokens=6000", "training.max_steps=3", "training.validate_every=3",
            "model.embedding_size=40", "model.encoder.hidden_size=48", "model.decoder.hidden_size=72", "checkpoints.every=3");
    }

    private static async Task EqualsThePlainLoopAsync(TinyRun run, int workers, params string[] settings)
    {
        await File.WriteAllLinesAsync(Path.Combine(run.Folder, "vectors.txt"),
            "abc".Select((letter, i) => $"{letter} {string.Join(' ', Enumerable.Range(i, 12))}"));

        var (output, _) = (await ProgramRunner.RunAsync(
            ["train", run.ConfigurationPath, "--workers", $"{workers}", .. settings.SelectMany(setting => new[] { "--set", setting })]))
            .Expect(ExitCodes.Success, run.RunFolder);

        Assert.Equal(settings[0].StartsWith("data.source_vectors", StringComparison.Ordinal),
            output.Contains("source vectors: 3 of 10 words found"));
        var (reached, wanted) = (run.Newest(), run.Load(settings).Training.MaxSteps);
        Assert.Equal(wanted, reached.Step);
        Assert.Equal(PlainLoopDigest(run, reached.Step, settings), reached.ReplicaDigest);
    }

    /// <summary>The same steps in this process: no exchange, no actors; the micro-batches of a step summed up the fixed tree.</summary>
    private static string PlainLoopDigest(TinyRun run, long steps, params string[] settings)
    {
        var configuration = run.Load(settings);
        using var data = PreparedFolder.Open(Path.Combine(run.RunFolder, "data"));
        using var replica = new Replica(configuration, data.SourceVocabulary.Count, data.TargetVocabulary.Count, data.ReadVectors());
        using var summer = new GradientSummer(replica.NewGradientBuffer);
        var schedule = new BatchSchedule(data, configuration);
        var tree = new SummationTree(configuration.Training.MicroBatches);
        var arrays = new MicroBatchArrays();
        var (epoch, index) = (0, 0);
        for (var step = 1; step <= steps; step++)
        {
            var batch = schedule.Batch(epoch, index);
            float[]? sum = null;
            for (var micro = 0; micro < batch.MicroBatches; micro++)
            {
                arrays.Fill(data.TrainCorpus, batch.Sentences(micro));
                var gradient = summer.Rent();
                replica.ComputeGradient(arrays, SeedMixer.Mix(configuration.Seed, step, micro), gradient);
                summer.Add(tree, [tree.Root], micro, gradient, (_, values) => sum = values);
            }

            replica.Apply(sum, batch.TargetTokens, configuration.Training.Optimizer.LearningRate);
            summer.Reset();
            if (++index == schedule.BatchesOf(epoch))
                (epoch, index) = (epoch + 1, 0);
        }

        return replica.Digest();
    }
}
