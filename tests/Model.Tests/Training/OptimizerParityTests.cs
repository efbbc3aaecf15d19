using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Tests.Nn;
using DistSeq2Seq.Model.Training;
using Xunit;
using Xunit.Abstractions;

namespace DistSeq2Seq.Model.Tests.Training;

/// <summary>Ten steps of each optimizer, with and without clipping, stay with PyTorch's (tests/fixtures/make_fixtures.py).</summary>
[Collection(TorchCollection.Name)]
public sealed class OptimizerParityTests(ITestOutputHelper output)
{
    private const double Tolerance = 1e-4;

    public static TheoryData<string, LayerChoice> Cases { get; } = Layers.With(Fixtures.Optimizers.Cases.Select(c => c.Name));

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Apply_TenTimes_StaysWithPyTorch(string name, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        var expected = Fixtures.Optimizers.Cases.Single(c => c.Name == name);
        var configuration = Configuration(expected);
        using var replica = new Replica(configuration, expected.Options.SourceVocabulary, expected.Options.TargetVocabulary);
        Fixtures.FillWeights(replica.Parameters, scale: 1);
        replica.Parameters.CopyTo(replica.Sections[1], 0); // the average begins with the first values

        for (var step = 0; step < expected.Losses.Length; step++)
        {
            var (loss, outcome) = Runs.Step(
                replica, configuration, Halves(Fixtures.Optimizers.Batches[step % Fixtures.Optimizers.Batches.Length]), expected.Optimizer.Lr);

            AssertClose($"loss of step {step}", expected.Losses[step], loss);
            AssertClose($"norm of step {step}", expected.Norms[step], outcome.GradientNorm);
        }

        Assert.Equal("ema", replica.SlotNames[0]);
        Fixtures.AssertTensors(replica.Layout, Fixtures.Unpack(expected.Parameters), replica.Parameters, Tolerance, output.WriteLine);
        Fixtures.AssertTensors(replica.Layout, Fixtures.Unpack(expected.Average), replica.Sections[1], Tolerance, output.WriteLine, "average of ");
    }

    [Fact]
    public void Norms_OfTheFixtures_LieOnBothSidesOfTheClippingNorm()
    {
        foreach (var clipped in Fixtures.Optimizers.Cases.Where(c => c.ClipNorm > 0))
        {
            Assert.Contains(clipped.Norms, norm => norm > clipped.ClipNorm);
            Assert.Contains(clipped.Norms, norm => norm < clipped.ClipNorm);
        }
    }

    private static RunConfiguration Configuration(OptimizerCase expected) => new()
    {
        Model = expected.Options.Configuration,
        Training = new()
        {
            LabelSmoothing = 0.1,
            ClipNorm = expected.ClipNorm,
            EmaDecay = 0.7, // the script's
            Optimizer = new()
            {
                Name = Enum.Parse<OptimizerKind>(expected.Kind, ignoreCase: true),
                Beta1 = expected.Optimizer.Betas?[0] ?? 0,
                Beta2 = expected.Optimizer.Betas?[1] ?? 0,
                Epsilon = expected.Optimizer.Eps,
                Momentum = expected.Optimizer.Momentum,
                Nesterov = expected.Optimizer.Nesterov,
                WeightDecay = expected.Optimizer.WeightDecay,
                Decay = expected.Optimizer.Alpha,
                InitialAccumulator = expected.Optimizer.InitialAccumulatorValue,
            },
        },
    };

    /// <summary>A batch as two micro-batches, of which the second may be empty.</summary>
    private static MicroBatchArrays[] Halves(int[][][] pairs)
    {
        var half = (pairs.Length + 1) / 2;
        return [Batches.Of(pairs[..half]), half < pairs.Length ? Batches.Of(pairs[half..]) : new MicroBatchArrays()];
    }

    private void AssertClose(string what, double expected, double actual)
    {
        var error = Math.Abs(actual - expected) / Math.Abs(expected);
        output.WriteLine($"{what}: relative error {error:e2}");
        Assert.True(error <= Tolerance, $"{what} is {actual}, expected {expected}");
    }
}
