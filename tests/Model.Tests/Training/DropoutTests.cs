using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Tests.Nn;
using DistSeq2Seq.Model.Training;
using TorchSharp;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class DropoutTests
{
    public static TheoryData<LayerChoice> Choices { get; } = new(LayerChoice.Plain, LayerChoice.Fused);

    public static TheoryData<string, LayerChoice> Kinds { get; } = Layers.With(
        ["General", "input feeding", "gru", "gru, input feeding", "variational dropout", "variational dropout, input feeding"]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ComputeGradient_WithTheSameSeed_GivesTheSameBits(string variant, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        using var replica = Runs.NewReplica(Small(variant));
        var batch = Batches.Random(3, 4, 6, Runs.Vocabulary);
        var seed = SeedMixer.Mix(Runs.Small.Seed, 1, 0);

        var first = Gradient(replica, batch, seed);
        var between = Gradient(replica, Batches.Random(4, 3, 9, Runs.Vocabulary), seed + 1);

        Assert.Equal(first, Gradient(replica, batch, seed));
        Assert.NotEqual(first, between);
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public void ComputeGradient_OfAnotherMicroBatchOrStep_DropsOtherUnits(LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        using var replica = Runs.NewReplica(Runs.Small);
        var batch = Batches.Random(3, 4, 6, Runs.Vocabulary);

        var gradients = new (int Step, int Micro)[] { (1, 0), (1, 1), (2, 0) }
            .Select(at => Gradient(replica, batch, SeedMixer.Mix(Runs.Small.Seed, at.Step, at.Micro))).ToArray();

        Assert.NotEqual(gradients[0].Loss, gradients[1].Loss);
        Assert.NotEqual(gradients[0].Loss, gradients[2].Loss);
        Assert.NotEqual(gradients[1].Loss, gradients[2].Loss);
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public void ComputeGradient_AveragedOverSeeds_HasAboutTheLossWithoutDropout(LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        var batch = Batches.Random(3, 8, 9, Runs.Vocabulary);
        using var replica = Runs.NewReplica(Runs.Small);
        using var without = Runs.NewReplica(Runs.Small with { Model = Runs.Small.Model with { Dropout = 0 } });

        var average = Enumerable.Range(0, 200).Average(seed => Gradient(replica, batch, (ulong)seed).Loss);

        // With the small first weights the loss is almost linear in the activations, whose mean dropout keeps.
        Assert.Equal(Gradient(without, batch, 0).Loss, average, 0.002 * average);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ComputeGradient_WithDropout_IsTheSlopeOfTheLossWithTheSameMasks(string variant, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        using var replica = Runs.NewReplica(Small(variant));
        Fixtures.FillWeights(replica.Parameters, 1);
        using var gradient = replica.NewGradientBuffer();
        var batch = Batches.Random(3, 4, 6, Runs.Vocabulary);
        replica.ComputeGradient(batch, 5, gradient);
        var slope = gradient.Values.ToArray();
        var length = Math.Sqrt(slope.Sum(g => (double)g * g));
        var start = replica.Parameters.ToArray();

        // A step of this length along the gradient, in both directions.
        const double distance = 0.01;
        double LossAt(double way)
        {
            for (var i = 0; i < start.Length; i++)
                replica.Parameters[i] = (float)(start[i] + (way * slope[i] / length));
            return replica.ComputeGradient(batch, 5, gradient);
        }

        Assert.Equal(length, (LossAt(distance) - LossAt(-distance)) / (2 * distance), 0.01 * length);
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public void ComputeLoss_WithDropoutAndSmoothing_HasNeither(LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        var batch = Batches.Random(3, 4, 6, Runs.Vocabulary);
        using var replica = Runs.NewReplica(Runs.Small);
        using var bare = Runs.NewReplica(Runs.Small with
        {
            Model = Runs.Small.Model with { Dropout = 0 },
            Training = Runs.Small.Training with { LabelSmoothing = 0 },
        });
        // Larger weights, so that smoothing changes the loss.
        Fixtures.FillWeights(replica.Parameters, 1);
        Fixtures.FillWeights(bare.Parameters, 1);
        var trained = Gradient(replica, batch, 1).Loss;

        Assert.Equal(bare.ComputeLoss(batch), replica.ComputeLoss(batch));
        Assert.Equal(Gradient(bare, batch, 1).Loss, bare.ComputeLoss(batch), 1e-9 * trained);
        Assert.NotEqual(trained, replica.ComputeLoss(batch), 1e-3);
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public void Apply_Variational_DropsTheSameUnitsOfASentenceAtEveryStep(LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        using var scope = torch.NewDisposeScope();
        var dropout = new Dropout(0.5, variational: true);
        dropout.Seed(3);

        var kept = dropout.Apply(torch.ones(7, 5, 64), training: true);
        var other = dropout.Apply(torch.ones(7, 5, 64), training: true);

        var first = kept[0].data<float>().ToArray();
        for (var time = 1; time < 7; time++)
            Assert.Equal(first, kept[time].data<float>().ToArray());
        Assert.All(first, value => Assert.Contains(value, new[] { 0f, 2f }));
        Assert.NotEqual(first[..64], first[64..128]); // another sentence
        Assert.NotEqual(first, other[0].data<float>().ToArray()); // another place
    }

    [Theory]
    [InlineData(true, LayerChoice.Plain)]
    [InlineData(true, LayerChoice.Fused)]
    [InlineData(false, LayerChoice.Plain)]
    [InlineData(false, LayerChoice.Fused)]
    public void OverTime_StepByStep_RepeatsMasksWhereDropoutIsVariational(bool variational, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        using var scope = torch.NewDisposeScope();
        var dropout = new Dropout(0.5, variational);
        dropout.Seed(3);
        var (lower, upper) = (new float[2][], new float[2][]);

        dropout.OverTime(2, time =>
        {
            lower[time] = dropout.Apply(torch.ones(1, 5, 64), training: true).data<float>().ToArray();
            upper[time] = dropout.Apply(torch.ones(1, 5, 64), training: true).data<float>().ToArray();
        });

        Assert.NotEqual(lower[0], upper[0]);
        Assert.Equal(variational, lower[0].SequenceEqual(lower[1]));
        Assert.Equal(variational, upper[0].SequenceEqual(upper[1]));
    }

    private static RunConfiguration Small(string variant) => Runs.Small with { Model = Variants.Of(variant, Runs.Small.Model) };

    private static (double Loss, string Bits) Gradient(Replica replica, MicroBatchArrays batch, ulong seed)
    {
        using var gradient = replica.NewGradientBuffer();
        var loss = replica.ComputeGradient(batch, seed, gradient);
        return (loss, Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(gradient.Values.AsSpan())));
    }
}
