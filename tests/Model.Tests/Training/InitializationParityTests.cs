using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data.Vectors;
using DistSeq2Seq.Model.Tests.Nn;
using DistSeq2Seq.Model.Training;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Training;

/// <summary>
/// First values lie where PyTorch's initialisations would put the same random numbers, gate by gate; the loss of a model that starts
/// from them is PyTorch's, and so are the gradients where pretrained vectors take part (tests/fixtures/initialization_cases.py).
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class InitializationParityTests(ITestOutputHelper output)
{
    /// <summary>Relative to the largest element of each tensor.</summary>
    private const double Tolerance = 1e-5;

    public static TheoryData<string, LayerChoice> Cases { get; } = Layers.With(Fixtures.Initializations.Cases.Select(c => c.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public void NewReplica_OfAnInitialization_HasPyTorchsValuesLossAndGradients(string name, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        var expected = Fixtures.Initializations.Cases.Single(c => c.Name == name);
        using var replica = NewReplica(expected);
        using var gradient = replica.NewGradientBuffer();

        Fixtures.AssertTensors(replica.Layout, Fixtures.Unpack(expected.Parameters), replica.Parameters, 1e-6, output.WriteLine);

        var loss = replica.ComputeGradient(Batches.Of(Fixtures.Initializations.Batches[0]), seed: 1, gradient);
        Fixtures.AssertClose("loss", [(float)expected.Loss], [(float)loss], Tolerance, output.WriteLine);
        if (expected.Gradient is not null)
            Fixtures.AssertTensors(replica.Layout, Fixtures.Unpack(expected.Gradient), gradient.Values, Tolerance, output.WriteLine,
                "gradient of ");
    }

    private static Replica NewReplica(InitializationCase expected)
    {
        var configuration = new RunConfiguration
        {
            Seed = expected.Seed,
            Model = expected.Options.Configuration with
            {
                Initialization = Enum.Parse<InitializationKind>(expected.Kind, ignoreCase: true),
                InitScale = expected.InitScale,
                ForgetBias = expected.ForgetBias,
            },
            Training = new() { LabelSmoothing = 0 },
        };
        return new Replica(configuration, expected.Options.SourceVocabulary, expected.Options.TargetVocabulary,
            new PretrainedVectors(Vectors(expected, "source"), Vectors(expected, "target")));
    }

    private static WordVectors? Vectors(InitializationCase expected, string side) =>
        expected.Vectors?[side] is { } vectors ? new WordVectors(vectors.Ids, Fixtures.Unpack(vectors.Values)) : null;
}
