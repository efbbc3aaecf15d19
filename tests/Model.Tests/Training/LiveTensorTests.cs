using DistSeq2Seq.Model.Tests.Nn;
using TorchSharp;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class LiveTensorTests
{
    public static TheoryData<string, LayerChoice> Kinds { get; } =
        Layers.With(["None", "General", "Additive", "input feeding, additive", "gru, input feeding"]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Steps_FiveHundred_LeaveNoTensorBehind(string variant, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        var configuration = Runs.Small with { Model = Variants.Of(variant, Runs.Small.Model) };
        using var replica = Runs.NewReplica(configuration);
        var micros = Runs.MicroBatches(configuration, 0, sentences: 2, longest: 3)[..1];
        Runs.Step(replica, configuration, micros);
        var before = LiveTensors();

        for (var step = 0; step < 500; step++)
            Runs.Step(replica, configuration, micros);

        Assert.Equal(before, torch.Tensor.TotalCount); // without a collection: nothing may wait for one
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ValidationPasses_Hundred_LeaveNoTensorBehind(string variant, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        using var replica = Runs.NewReplica(Runs.Small with { Model = Variants.Of(variant, Runs.Small.Model) });
        var batch = Batches.Random(1, 3, 5, Runs.Vocabulary);
        replica.ComputeLoss(batch);
        var before = LiveTensors();

        for (var pass = 0; pass < 100; pass++)
            replica.ComputeLoss(batch);

        Assert.Equal(before, torch.Tensor.TotalCount); // without a collection: nothing may wait for one
    }

    [Fact]
    public void Dispose_OfReplicaAndBuffer_FreesEveryTensor()
    {
        var before = LiveTensors();
        int parameters;

        using (var replica = Runs.NewReplica(Runs.Small))
        {
            parameters = replica.Layout.Tensors.Count;
            Runs.Step(replica, Runs.Small, Runs.MicroBatches(Runs.Small, 0));
        }

        // TorchSharp counts a tensor that becomes a Parameter once more, and never takes this count back.
        Assert.Equal(before + parameters, torch.Tensor.TotalCount);
    }

    /// <summary>The count of live tensors, after the tensors dropped by earlier tests have been finalized.</summary>
    private static long LiveTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }
}
