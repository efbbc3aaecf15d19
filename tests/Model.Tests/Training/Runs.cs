using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Tests.Nn;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Model.Tests.Training;

/// <summary>Small models and the plain training loop: no processes, no exchange.</summary>
internal static class Runs
{
    public const int Vocabulary = 30;

    /// <summary>Two layers, both directions, dropout, smoothing, Adam.</summary>
    public static RunConfiguration Small { get; } = new()
    {
        Seed = 7,
        Model = new()
        {
            EmbeddingSize = 6,
            Encoder = new() { Layers = 2, HiddenSize = 5, Bidirectional = true },
            Decoder = new() { Layers = 2, HiddenSize = 8 },
            Attention = AttentionKind.General,
            Dropout = 0.3,
        },
        Training = new() { LabelSmoothing = 0.1, MicroBatches = 4, ClipNorm = 0.5 },
    };

    public static Replica NewReplica(RunConfiguration configuration, int vocabulary = Vocabulary) =>
        new(configuration, vocabulary, vocabulary);

    /// <summary>The micro-batches of a step: a function of its number.</summary>
    public static MicroBatchArrays[] MicroBatches(RunConfiguration configuration, int step, int sentences = 3, int longest = 7,
        int vocabulary = Vocabulary) =>
        [.. Enumerable.Range(0, configuration.Training.MicroBatches)
            .Select(micro => Batches.Random(SeedMixer.Mix(99, step, micro), sentences, longest, vocabulary))];

    /// <summary>One step: gradients of all micro-batches, summed up a binary tree, applied. Gives the summed loss.</summary>
    public static (double Loss, StepOutcome Outcome) Step(Replica replica, RunConfiguration configuration, MicroBatchArrays[] micros,
        double learningRate = 0.01)
    {
        var losses = 0.0;
        var sums = new float[micros.Length][];
        using var gradient = replica.NewGradientBuffer();
        for (var micro = 0; micro < micros.Length; micro++)
        {
            losses += replica.ComputeGradient(micros[micro], SeedMixer.Mix(configuration.Seed, replica.Step + 1, micro), gradient);
            sums[micro] = [.. gradient.Values];
        }

        return (losses, replica.Apply(TreeSum(sums), micros.Sum(m => m.TargetTokens), learningRate));
    }

    /// <summary>Pairs of neighbours, then pairs of those; a last one alone rises as it is.</summary>
    public static float[] TreeSum(float[][] parts)
    {
        while (parts.Length > 1)
            parts = [.. parts.Chunk(2).Select(pair => pair.Length == 1 ? pair[0] : [.. pair[0].Zip(pair[1], (a, b) => a + b)])];
        return parts[0];
    }
}
