using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Tests.Nn;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class ThreadTests
{
    public static TheoryData<AttentionKind, LayerChoice> Kinds { get; } =
        Layers.With([AttentionKind.General, AttentionKind.Additive]);

    /// <summary>Sizes at which libtorch and the kernels do split their work.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Steps_WithTwoThreadsTwice_EndInTheSameDigest(AttentionKind attention, LayerChoice layers)
    {
        using var choice = Layers.Use(layers);
        var configuration = new RunConfiguration
        {
            Model = new()
            {
                EmbeddingSize = 64,
                Encoder = new() { HiddenSize = 64, Bidirectional = true },
                Decoder = new() { HiddenSize = 128 },
                Attention = attention,
            },
            Training = new() { MicroBatches = 2 },
        };

        // MKL sums in another order with two threads than with one, so only equal numbers of threads give equal bits.
        Assert.Equal(Digest(configuration, threads: 2), Digest(configuration, threads: 2));
    }

    private static string Digest(RunConfiguration configuration, int threads)
    {
        const int vocabulary = 900;
        configuration = configuration with { Cluster = configuration.Cluster with { ThreadsPerWorker = threads } };
        using var replica = Runs.NewReplica(configuration, vocabulary);
        for (var step = 0; step < 3; step++)
            Runs.Step(replica, configuration, Runs.MicroBatches(configuration, step, sentences: 24, longest: 12, vocabulary));
        return replica.Digest();
    }
}
