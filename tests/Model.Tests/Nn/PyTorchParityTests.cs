using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>
/// Loss, every gradient, logits and attention agree with plain PyTorch (tests/fixtures/make_fixtures.py), with plain layers and
/// with the fused kernels.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class PyTorchParityTests(ITestOutputHelper output)
{
    /// <summary>Relative to the largest element of each tensor.</summary>
    private const double Tolerance = 1e-5;

    public static TheoryData<string, LayerChoice> Cases { get; } = Layers.With(Fixtures.Models.Cases.Select(c => c.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public void ComputeGradient_ForAModelOfPyTorch_GivesItsLossAndGradients(string name, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        var expected = CaseOf(name);
        using var replica = NewReplica(expected);
        using var gradient = replica.NewGradientBuffer();

        var loss = replica.ComputeGradient(Batches.Of(Fixtures.Models.Batches[0]), seed: 1, gradient);

        AssertClose("loss", [(float)expected.Loss], [(float)loss]);
        Fixtures.AssertTensors(replica.Layout, Fixtures.Unpack(expected.Gradient), gradient.Values, Tolerance, output.WriteLine);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_ForcedThroughTheTarget_GivesPyTorchsLogitsAndAttention(string name, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        var expected = CaseOf(name);
        using var replica = NewReplica(expected);
        var batch = Batches.Of(Fixtures.Models.Batches[0]);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        replica.Model.eval();
        var (state, memory) = replica.Model.Encode(batch);
        var logits = new float[batch.TargetLength][];
        var weights = new float[batch.TargetLength][];
        for (var time = 0; time < batch.TargetLength; time++)
        {
            (var stepLogits, state, var stepWeights) = replica.Model.Step(
                batch.TargetInput.Slice(time * batch.BatchSize, batch.BatchSize).ToArray(), state, memory);
            logits[time] = stepLogits.data<float>().ToArray();
            weights[time] = stepWeights is null ? [] : stepWeights.contiguous().data<float>().ToArray();
        }

        var words = expected.Options.TargetVocabulary;
        AssertClose("logits", Fixtures.Unpack(expected.Logits), Ragged(batch, logits, words, _ => words));
        if (expected.Weights is not null)
        {
            AssertClose("attention", Fixtures.Unpack(expected.Weights),
                Ragged(batch, weights, batch.SourceLength, b => (int)batch.SourceLengths[b]));
        }
    }

    [Fact]
    public void Layout_OfEveryModel_HasPyTorchsNamesAndShapes()
    {
        foreach (var expected in Fixtures.Models.Cases)
        {
            using var replica = NewReplica(expected);

            Assert.Equal(
                expected.Parameters.Select(p => $"{p[0].GetString()} {p[1].GetRawText()}"),
                replica.Layout.Tensors.Select(t => $"{t.Name} [{string.Join(',', t.Shape)}]"));
        }
    }

    /// <summary>What belongs to real target positions, sentence by sentence: of each [B, width] row the first columns.</summary>
    private static float[] Ragged(MicroBatchArrays batch, float[][] steps, int width, Func<int, int> columns) =>
        [.. Enumerable.Range(0, batch.BatchSize).SelectMany(b => steps.Take((int)batch.TargetLengths[b])
            .SelectMany(step => step.Skip(b * width).Take(columns(b))))];

    private static ModelCase CaseOf(string name) => Fixtures.Models.Cases.Single(c => c.Name == name);

    private static Replica NewReplica(ModelCase model)
    {
        var configuration = new RunConfiguration
        {
            Model = model.Options.Configuration,
            Training = new() { LabelSmoothing = model.LabelSmoothing },
        };
        var replica = new Replica(configuration, model.Options.SourceVocabulary, model.Options.TargetVocabulary);
        Fixtures.FillWeights(replica.Parameters, scale: 2.7);
        return replica;
    }

    private void AssertClose(string what, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual) =>
        Fixtures.AssertClose(what, expected, actual, Tolerance, output.WriteLine);
}
