using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Tests.Nn;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Model.Training.Optimizers;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Training;

/// <summary>
/// One step of each optimizer, with and without clipping, and ten steps give PyTorch's parameters (tests/fixtures/make_fixtures.py).
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class OptimizerParityTests(ITestOutputHelper output)
{
    private const double Tolerance = 1e-4;
    private const double FirstTolerance = 1e-5;

    public static TheoryData<string, LayerChoice> Cases { get; } = Layers.With(Fixtures.Optimizers.Cases.Select(c => c.Name));

    public static TheoryData<string, LayerChoice> Optimizers { get; } =
        Layers.With(Fixtures.Optimizers.Cases.Where(c => c.First is not null).Select(c => c.Name));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Apply_TenTimes_StaysWithPyTorch(string name, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        var (expected, configuration) = CaseOf(name);
        using var replica = NewReplica(expected, configuration);

        for (var step = 0; step < expected.Losses.Length; step++)
        {
            var (loss, outcome) = Step(replica, configuration, expected, step);

            AssertClose($"loss of step {step}", expected.Losses[step], loss, Tolerance);
            AssertClose($"norm of step {step}", expected.Norms[step], outcome.GradientNorm, Tolerance);
        }

        Assert.Equal("ema", replica.SlotNames[0]);
        Fixtures.AssertTensors(replica.Layout, Fixtures.Unpack(expected.Parameters), replica.Parameters, Tolerance, output.WriteLine);
        Fixtures.AssertTensors(replica.Layout, Fixtures.Unpack(expected.Average), replica.Sections[1], Tolerance, output.WriteLine,
            "average of ");
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Apply_Once_IsPyTorchsStep(string name, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        var (expected, configuration) = CaseOf(name);
        using var replica = NewReplica(expected, configuration);

        var (loss, outcome) = Step(replica, configuration, expected, 0);

        AssertClose("loss", expected.Losses[0], loss, FirstTolerance);
        AssertClose("norm", expected.Norms[0], outcome.GradientNorm, FirstTolerance);
        Fixtures.AssertTensors(replica.Layout, Fixtures.Unpack(expected.First!), replica.Parameters, FirstTolerance, output.WriteLine);
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

    private static (OptimizerCase Expected, RunConfiguration Configuration) CaseOf(string name)
    {
        var expected = Fixtures.Optimizers.Cases.Single(c => c.Name == name);
        return (expected, Configuration(expected));
    }

    private static Replica NewReplica(OptimizerCase expected, RunConfiguration configuration)
    {
        var replica = new Replica(configuration, expected.Options.SourceVocabulary, expected.Options.TargetVocabulary);
        Fixtures.FillWeights(replica.Parameters, scale: 1);
        replica.Parameters.CopyTo(replica.Sections[1], 0); // the average begins with the first values
        return replica;
    }

    private static (double Loss, StepOutcome Outcome) Step(Replica replica, RunConfiguration configuration, OptimizerCase expected,
        int step) =>
        Runs.Step(replica, configuration, Halves(Fixtures.Optimizers.Batches[step % Fixtures.Optimizers.Batches.Length]),
            expected.Optimizer.Lr);

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
                Decay = expected.Kind == "Adadelta" ? expected.Optimizer.Rho : expected.Optimizer.Alpha,
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

    private void AssertClose(string what, double expected, double actual, double tolerance)
    {
        var error = Math.Abs(actual - expected) / Math.Abs(expected);
        output.WriteLine($"{what}: relative error {error:e2}");
        Assert.True(error <= tolerance, $"{what} is {actual}, expected {expected}");
    }
}
