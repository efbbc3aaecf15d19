using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Tests.Nn;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class ReplicaTests
{
    [Theory]
    [InlineData(OptimizerKind.Adam, 0)]
    [InlineData(OptimizerKind.Sgd, 0.9)]
    [InlineData(OptimizerKind.Sgd, 0)]
    public void PlainLoop_RunTwice_EndsInTheSameDigest(OptimizerKind optimizer, double momentum)
    {
        var configuration = Runs.Small with
        {
            Training = Runs.Small.Training with { Optimizer = new() { Name = optimizer, Momentum = momentum } },
        };

        var first = Digests(configuration);

        Assert.Equal(first, Digests(configuration));
        Assert.Equal(first.Length, first.Distinct().Count());
    }

    [Fact]
    public void Apply_OfTheSameSums_KeepsReplicasEqual()
    {
        using var one = Runs.NewReplica(Runs.Small);
        using var other = Runs.NewReplica(Runs.Small);
        Assert.Equal(one.Digest(), other.Digest());
        using var gradient = one.NewGradientBuffer();
        for (var step = 0; step < 3; step++)
        {
            var batch = Batches.Random((ulong)step, 4, 6, Runs.Vocabulary);
            one.ComputeGradient(batch, 1, gradient);

            one.Apply(gradient.Values, batch.TargetTokens, 0.01);
            other.Apply(gradient.Values, batch.TargetTokens, 0.01);

            Assert.Equal(one.Digest(), other.Digest());
        }
    }

    [Fact]
    public void Reset_AfterSteps_RestoresTheBitsOfStepZero()
    {
        using var replica = Runs.NewReplica(Runs.Small);
        var digest = replica.Digest();
        var parameters = replica.Parameters.ToArray();
        Runs.Step(replica, Runs.Small, Runs.MicroBatches(Runs.Small, 0));
        Assert.NotEqual(parameters, replica.Parameters);

        replica.Reset();

        Assert.Equal(parameters, replica.Parameters);
        Assert.Equal((0, digest), (replica.Step, replica.Digest()));
    }

    [Fact]
    public void ComputeGradient_OfAnEmptyMicroBatch_IsZero()
    {
        using var replica = Runs.NewReplica(Runs.Small);
        using var gradient = replica.NewGradientBuffer();
        Array.Fill(gradient.Values, 3);

        var loss = replica.ComputeGradient(new MicroBatchArrays(), 1, gradient);

        Assert.Equal(0, loss);
        Assert.All(gradient.Values, value => Assert.Equal(0, value));
        Assert.Equal(0, replica.ComputeLoss(new MicroBatchArrays()));
    }

    [Fact]
    public void ComputeGradient_WhileItGoesOn_TellsWhichTailIsFinal()
    {
        using var replica = Runs.NewReplica(Runs.Small);
        using var gradient = replica.NewGradientBuffer();
        var tails = new List<float[]>();

        replica.ComputeGradient(Batches.Random(1, 4, 6, Runs.Vocabulary), 1, gradient, from => tails.Add(gradient.Values[from..]));

        Assert.Equal(3, tails.Count);
        var output = replica.Layout.Tensors.First(t => t.Name.StartsWith("decoder.output.", StringComparison.Ordinal)).Offset;
        var decoder = replica.Layout.Tensors.First(t => !t.Name.StartsWith("encoder.", StringComparison.Ordinal)).Offset;
        Assert.Equal([replica.Layout.Count - output, replica.Layout.Count - decoder, replica.Layout.Count], tails.Select(t => (long)t.Length));
        Assert.All(tails, tail => Assert.Equal(gradient.Values[^tail.Length..], tail));
        Assert.All(tails, tail => Assert.Contains(tail, value => value != 0));

        tails.Clear();
        replica.ComputeGradient(new MicroBatchArrays(), 1, gradient, from => tails.Add(gradient.Values[from..]));
        Assert.Equal(replica.Layout.Count, Assert.Single(tails).Length);
    }

    [Fact]
    public void ComputeGradient_IntoAUsedBuffer_OverwritesIt()
    {
        using var replica = Runs.NewReplica(Runs.Small);
        using var gradient = replica.NewGradientBuffer();
        using var other = replica.NewGradientBuffer();
        var batch = Batches.Random(1, 4, 6, Runs.Vocabulary);
        replica.ComputeGradient(batch, 1, gradient);
        var expected = gradient.Values.ToArray();
        replica.ComputeGradient(Batches.Random(2, 4, 6, Runs.Vocabulary), 2, other);

        replica.ComputeGradient(batch, 1, gradient);

        Assert.Equal(expected, gradient.Values);
        Assert.NotEqual(expected, other.Values);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Apply_OfANonFiniteGradient_ChangesNothingButTheStep(float poison)
    {
        using var replica = Runs.NewReplica(Runs.Small);
        Runs.Step(replica, Runs.Small, Runs.MicroBatches(Runs.Small, 0));
        var before = replica.Sections.Select(section => section.ToArray()).ToArray();
        var gradient = new float[replica.Parameters.Length];
        gradient[^1] = poison;

        var outcome = replica.Apply(gradient, 10, 0.01);

        Assert.True(outcome.Skipped);
        Assert.False(double.IsFinite(outcome.GradientNorm));
        Assert.Equal(2, replica.Step);
        Assert.Equal(before, replica.Sections);
    }

    [Fact]
    public void Parameters_Written_ChangeTheModel()
    {
        using var replica = Runs.NewReplica(Runs.Small);
        var batch = Batches.Random(1, 4, 6, Runs.Vocabulary);
        var before = replica.ComputeLoss(batch);

        Array.Clear(replica.Parameters);

        // Logits are all zero then: every word has the same probability.
        Assert.NotEqual(before, replica.ComputeLoss(batch));
        Assert.Equal(batch.TargetTokens * Math.Log(Runs.Vocabulary), replica.ComputeLoss(batch), 1e-4);
    }

    [Fact]
    public void Training_OnOneBatch_LearnsIt()
    {
        using var replica = Runs.NewReplica(Runs.Small with { Model = Runs.Small.Model with { Dropout = 0 } });
        var micros = Runs.MicroBatches(Runs.Small, 0);
        var before = micros.Sum(replica.ComputeLoss);

        for (var step = 0; step < 300; step++)
            Runs.Step(replica, Runs.Small, micros, learningRate: 0.02);

        Assert.InRange(micros.Sum(replica.ComputeLoss), 0, before / 4);
    }

    private static string[] Digests(RunConfiguration configuration)
    {
        using var replica = Runs.NewReplica(configuration);
        return [.. Enumerable.Range(0, 5).Select(step =>
        {
            Runs.Step(replica, configuration, Runs.MicroBatches(configuration, step));
            return replica.Digest();
        })];
    }
}
