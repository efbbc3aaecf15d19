using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Tests.Training;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>
/// The fused kernels agree with the plain layers at sizes beyond those of the fixtures: more rows than a tile of the products, and
/// widths that no vector's width divides.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class FusedLayersTests(ITestOutputHelper output)
{
    private const int Vocabulary = 60;

    /// <summary>Relative to the largest element of each tensor.</summary>
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Kinds { get; } = new(Variants.Names);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ComputeGradient_Fused_AgreesWithThePlainLayers(string variant)
    {
        AssertAgree(new RunConfiguration { Model = Model(variant) with { Dropout = 0 } }, LayerChoice.Plain);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ComputeGradient_FusedWithDropoutAndSmoothing_AgreesWithThePlainLayers(string variant)
    {
        var model = Model(variant) with { Dropout = 0.3 };
        // Only where dropout is variational do kernel and plain layers number the masks of this decoder alike.
        if (model is { Cell: CellKind.Lstm, InputFeeding: true })
            model = model with { VariationalDropout = true };
        AssertAgree(new RunConfiguration { Model = model, Training = new() { LabelSmoothing = 0.1 } }, LayerChoice.PlainWithFusedMasks);
    }

    private static ModelConfiguration Model(string variant) => Variants.Of(variant, new() { EmbeddingSize = 37 }) with
    {
        Encoder = new() { Layers = 2, HiddenSize = 35, Bidirectional = true },
        Decoder = new() { Layers = 3, HiddenSize = 70 },
    };

    private void AssertAgree(RunConfiguration configuration, LayerChoice plainLayers)
    {
        var batch = Batches.Random(4, sentences: 21, longest: 17, Vocabulary);
        var (plainLoss, plain, layout) = Gradient(configuration, batch, plainLayers);
        var (fusedLoss, fused, _) = Gradient(configuration, batch, LayerChoice.Fused);

        Assert.Equal(plainLoss, fusedLoss, 1e-6 * plainLoss);
        Fixtures.AssertTensors(layout, plain, fused, Tolerance, output.WriteLine);
    }

    private static (double Loss, float[] Gradient, TensorLayout Layout) Gradient(RunConfiguration configuration, MicroBatchArrays batch,
        LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        using var replica = Runs.NewReplica(configuration, Vocabulary);
        Fixtures.FillWeights(replica.Parameters, 0.6);
        using var gradient = replica.NewGradientBuffer();
        var loss = replica.ComputeGradient(batch, 1, gradient);
        return (loss, [.. gradient.Values], replica.Layout);
    }
}
