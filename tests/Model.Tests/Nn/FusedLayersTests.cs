using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Tests.Training;
using DistSeq2Seq.Model.Training;
using Xunit;
using Xunit.Abstractions;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>
/// The fused kernels agree with the plain layers at sizes beyond those of the fixtures: more rows than a tile of the products, and
/// widths that no vector's width divides.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class FusedLayersTests(ITestOutputHelper output)
{
    private const int Vocabulary = 60;

    public static TheoryData<string> Kinds { get; } = new(Variants.Names.Except(["variational dropout", "variational dropout, input feeding"]));

    [SkippableTheory]
    [MemberData(nameof(Kinds))]
    public void ComputeGradient_Fused_AgreesWithThePlainLayers(string variant)
    {
        var model = Variants.Of(variant, new() { EmbeddingSize = 37, Dropout = 0 }) with
        {
            Encoder = new() { Layers = 2, HiddenSize = 35, Bidirectional = true },
            Decoder = new() { Layers = 3, HiddenSize = 70 },
        };
        var configuration = new RunConfiguration { Model = model };
        var batch = Batches.Random(4, sentences: 21, longest: 17, Vocabulary);

        var (plainLoss, plain) = Gradient(configuration, batch, LayerChoice.Plain);
        var (fusedLoss, fused) = Gradient(configuration, batch, LayerChoice.Fused);

        Assert.Equal(plainLoss, fusedLoss, 1e-6 * plainLoss);
        var error = Fixtures.RelativeError(plain, fused);
        output.WriteLine($"relative error {error:e2}");
        Assert.InRange(error, 0, 1e-5);
    }

    private static (double Loss, float[] Gradient) Gradient(RunConfiguration configuration, MicroBatchArrays batch, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        using var replica = Runs.NewReplica(configuration, Vocabulary);
        Fixtures.FillWeights(replica.Parameters, 0.5);
        using var gradient = replica.NewGradientBuffer();
        var loss = replica.ComputeGradient(batch, 1, gradient);
        return (loss, [.. gradient.Values]);
    }
}
