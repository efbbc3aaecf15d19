using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Nn.Kernels;
using DistSeq2Seq.Model.Tests.Nn;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Training;

/// <summary>A garbage collection at any moment frees nothing that native code still reads (<see cref="TensorArithmetic"/>).</summary>
[Collection(TorchCollection.Name)]
public sealed class GarbageCollectionTests
{
    private static readonly OptimizerKind[] Optimizers = Enum.GetValues<OptimizerKind>();

    /// <summary>Every variant of a model with all available layers; together they use every optimizer.</summary>
    public static TheoryData<string, OptimizerKind, LayerChoice> Work
    {
        get
        {
            var data = new TheoryData<string, OptimizerKind, LayerChoice>();
            foreach (var layers in FusedKernels.AreAvailable ? [LayerChoice.Plain, LayerChoice.Fused] : new[] { LayerChoice.Plain })
            {
                for (var i = 0; i < Variants.Names.Count; i++)
                    data.Add(Variants.Names[i], Optimizers[i % Optimizers.Length], layers);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Work))]
    public void TrainingAndDecoding_BesideEndlessCollection_GiveTheSame(string variant, OptimizerKind optimizer, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        var work = new TensorWork(variant, optimizer);
        var quiet = work.Run();

        using var collection = new EndlessCollection();
        Assert.Equal(quiet, work.Run());
    }

    [Theory]
    [MemberData(nameof(Work))]
    public void TrainingAndDecoding_MakeEveryTensorInADisposeScope(string variant, OptimizerKind optimizer, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        var work = new TensorWork(variant, optimizer);
        work.Run();
        Assert.Equal(0, work.Unscoped);
    }
}
