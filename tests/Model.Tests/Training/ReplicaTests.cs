using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Tests.Nn;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class ReplicaTests
{
    [Theory]
    [InlineData(OptimizerKind.Adam, 0, 0)]
    [InlineData(OptimizerKind.Adam, 0, 0.99)]
    [InlineData(OptimizerKind.Sgd, 0.9, 0)]
    [InlineData(OptimizerKind.Sgd, 0, 0)]
    [InlineData(OptimizerKind.Adamw, 0, 0)]
    [InlineData(OptimizerKind.Rmsprop, 0.9, 0.9)]
    [InlineData(OptimizerKind.Rmsprop, 0, 0)]
    [InlineData(OptimizerKind.Adagrad, 0, 0)]
    [InlineData(OptimizerKind.Adadelta, 0, 0.99)]
    public void PlainLoop_RunTwice_EndsInTheSameDigest(OptimizerKind optimizer, double momentum, double ema)
    {
        var configuration = Runs.Small with
        {
            Training = Runs.Small.Training with { EmaDecay = ema, Optimizer = new() { Name = optimizer, Momentum = momentum } },
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

        replica.ComputeGradient(Batches.Random(1, 4, 6, Runs.Vocabulary), 1, gradient, onFinal: from => tails.Add(gradient.Values[from..]));

        Assert.Equal(3, tails.Count);
        var output = replica.Layout.Tensors.First(t => t.Name.StartsWith("decoder.output.", StringComparison.Ordinal)).Offset;
        var decoder = replica.Layout.Tensors.First(t => !t.Name.StartsWith("encoder.", StringComparison.Ordinal)).Offset;
        Assert.Equal([replica.Layout.Count - output, replica.Layout.Count - decoder, replica.Layout.Count],
            tails.Select(t => (long)t.Length));
        Assert.All(tails, tail => Assert.Equal(gradient.Values[^tail.Length..], tail));
        Assert.All(tails, tail => Assert.Contains(tail, value => value != 0));

        tails.Clear();
        replica.ComputeGradient(new MicroBatchArrays(), 1, gradient, onFinal: from => tails.Add(gradient.Values[from..]));
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
    public void Apply_AfterASkippedStep_UpdatesAsIfItHadNotBeen()
    {
        using var skipping = Runs.NewReplica(Runs.Small);
        using var plain = Runs.NewReplica(Runs.Small);
        var poisoned = new float[skipping.Parameters.Length];
        poisoned[0] = float.NaN;
        Assert.True(skipping.Apply(poisoned, 10, 0.01).Skipped);
        Assert.Equal((1, 1), (skipping.Skipped, skipping.SkippedInRow));

        var gradient = new float[skipping.Parameters.Length];
        Array.Fill(gradient, 0.5f);
        skipping.Apply(gradient, 10, 0.01);
        plain.Apply(gradient, 10, 0.01);

        // Adam corrects its moments' bias by the number of updates, and there was one in both.
        Assert.Equal(plain.Parameters, skipping.Parameters);
        Assert.Equal((2, 1, 0), (skipping.Step, skipping.Skipped, skipping.SkippedInRow));
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

    [Theory]
    [InlineData(OptimizerKind.Adamw)]
    [InlineData(OptimizerKind.Rmsprop)]
    [InlineData(OptimizerKind.Adagrad)]
    [InlineData(OptimizerKind.Adadelta)]
    public void Sections_Copied_MakeAnotherReplicaGoOnTheSame(OptimizerKind optimizer)
    {
        var configuration = Runs.Small with
        {
            Training = Runs.Small.Training with
            {
                EmaDecay = 0.9,
                Optimizer = new() { Name = optimizer, Momentum = optimizer == OptimizerKind.Rmsprop ? 0.9 : 0, InitialAccumulator = 0.1 },
            },
        };
        using var one = Runs.NewReplica(configuration);
        using var other = Runs.NewReplica(configuration);
        for (var step = 0; step < 3; step++)
            Runs.Step(one, configuration, Runs.MicroBatches(configuration, step));

        foreach (var (from, to) in one.Sections.Zip(other.Sections))
            from.CopyTo(to, 0);
        other.Step = one.Step;
        foreach (var replica in new[] { one, other })
            Runs.Step(replica, configuration, Runs.MicroBatches(configuration, 3));

        Assert.Equal(one.SlotNames.Order(CheckpointContent.SlotOrder), one.SlotNames);
        Assert.Equal(one.Digest(), other.Digest());
        one.Reset();
        using var fresh = Runs.NewReplica(configuration);
        Assert.Equal(fresh.Digest(), one.Digest());
    }

    [Fact]
    public void ComputeLoss_WithAnAverage_IsTheAveragesAndChangesNothing()
    {
        var configuration = Runs.Small with { Training = Runs.Small.Training with { EmaDecay = 0.9 } };
        using var replica = Runs.NewReplica(configuration);
        for (var step = 0; step < 5; step++)
            Runs.Step(replica, configuration, Runs.MicroBatches(configuration, step), learningRate: 0.1);
        var batch = Batches.Random(1, 4, 6, Runs.Vocabulary);
        var digest = replica.Digest();

        var loss = replica.ComputeLoss(batch);

        Assert.Equal(digest, replica.Digest());
        using var plain = Runs.NewReplica(Runs.Small);
        replica.Sections[1].CopyTo(plain.Parameters, 0);
        Assert.Equal(plain.ComputeLoss(batch), loss);
        replica.Parameters.CopyTo(plain.Parameters, 0);
        Assert.NotEqual(plain.ComputeLoss(batch), loss);

        // Training goes on with the parameters, not with their average.
        using var gradient = replica.NewGradientBuffer();
        using var expected = plain.NewGradientBuffer();
        Assert.Equal(plain.ComputeGradient(batch, 1, expected), replica.ComputeGradient(batch, 1, gradient));
        Assert.Equal(expected.Values, gradient.Values);
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
