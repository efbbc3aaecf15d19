using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Tests.Nn;
using DistSeq2Seq.Model.Training;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Tests.Training;

/// <summary>
/// With dropout and scheduled sampling, loss, what the output layer sees and every gradient agree with plain PyTorch that is given
/// the same masks at the same places and chooses the same words (tests/fixtures/training_cases.py).
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class TrainingParityTests(ITestOutputHelper output)
{
    /// <summary>Relative to the largest element of each tensor.</summary>
    private const double Tolerance = 1e-5;

    public static TheoryData<string, LayerChoice> Cases { get; } = AllCases();

    [Theory]
    [MemberData(nameof(Cases))]
    public void ComputeGradient_InTraining_GivesPyTorchsLossAndGradients(string name, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        var expected = CaseOf(name);
        using var replica = NewReplica(expected);
        using var gradient = replica.NewGradientBuffer();
        var batch = Batches.Of(Fixtures.Training.Batches[0]);

        var loss = replica.ComputeGradient(batch, expected.Seed, gradient, expected.Sampled);

        if (expected.Inputs is not null)
            Assert.Equal(expected.Inputs, InputsOf(batch));
        Fixtures.AssertClose("loss", [(float)expected.Loss], [(float)loss], Tolerance, output.WriteLine);
        Fixtures.AssertTensors(replica.Layout, Fixtures.Unpack(expected.Gradient), gradient.Values, Tolerance, output.WriteLine);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void TargetFeatures_InTraining_ArePyTorchs(string name, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        var expected = CaseOf(name);
        using var replica = NewReplica(expected);
        var batch = Batches.Of(Fixtures.Training.Batches[0]);
        if (expected.Sampled > 0)
            ScheduledSampling.ReplaceInputs(replica.Model, batch, expected.Sampled, expected.Seed);
        using var scope = NewDisposeScope();
        replica.Model.train();
        replica.Model.SeedDropout(expected.Seed);

        var (rows, _) = replica.Model.TargetFeatures(batch);

        Fixtures.AssertClose("features", Fixtures.Unpack(expected.Features), BySentence(batch, rows.data<float>().ToArray()), Tolerance,
            output.WriteLine);
    }

    private static TheoryData<string, LayerChoice> AllCases()
    {
        var data = new TheoryData<string, LayerChoice>();
        foreach (var each in Fixtures.Training.Cases)
        {
            data.Add(each.Name, LayerChoice.Fused);
            // The kernel for input feeding with LSTM draws a place's masks for all steps at once, plain layers draw step by step: the
            // same where dropout is variational.
            if (each.Dropout == 0)
                data.Add(each.Name, LayerChoice.Plain);
            else if (each.Options is not { InputFeeding: true, Cell: "lstm" } || each.Variational)
                data.Add(each.Name, LayerChoice.PlainWithFusedMasks);
        }

        return data;
    }

    private static TrainingCase CaseOf(string name) => Fixtures.Training.Cases.Single(c => c.Name == name);

    private static Replica NewReplica(TrainingCase expected)
    {
        var configuration = new RunConfiguration
        {
            Model = expected.Options.Configuration with { Dropout = expected.Dropout, VariationalDropout = expected.Variational },
            Training = new() { LabelSmoothing = expected.LabelSmoothing },
        };
        var replica = new Replica(configuration, expected.Options.SourceVocabulary, expected.Options.TargetVocabulary);
        Fixtures.FillWeights(replica.Parameters, scale: 2.4);
        return replica;
    }

    private static long[][] InputsOf(MicroBatchArrays batch) =>
        [.. Enumerable.Range(0, batch.BatchSize).Select(b => Enumerable.Range(0, (int)batch.TargetLengths[b])
            .Select(time => batch.TargetInput[(time * batch.BatchSize) + b]).ToArray())];

    /// <summary>Rows of real target positions, which stand step by step, sentence by sentence.</summary>
    private static float[] BySentence(MicroBatchArrays batch, float[] rows)
    {
        var width = rows.Length / (int)batch.TargetTokens;
        var places = Enumerable.Range(0, batch.TargetLength).SelectMany(time => Enumerable.Range(0, batch.BatchSize)
            .Where(b => time < batch.TargetLengths[b]).Select(b => (Sentence: b, Time: time)));
        return [.. places.Zip(rows.Chunk(width)).OrderBy(row => row.First).SelectMany(row => row.Second)];
    }
}
