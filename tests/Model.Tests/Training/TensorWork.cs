using System.Globalization;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints.Compression;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Tests.Nn;
using DistSeq2Seq.Model.Training;
using TorchSharp;

namespace DistSeq2Seq.Model.Tests.Training;

/// <summary>
/// All that the program does with tensors, in small: training with dropout, label smoothing and scheduled sampling, validation, and
/// translation by every search, with one model, with several and with integers.
/// </summary>
/// <param name="variant">One of <see cref="Variants.Names"/>.</param>
/// <param name="optimizer">The optimizer to train with.</param>
internal sealed class TensorWork(string variant, OptimizerKind optimizer)
{
    private const int Steps = 3;
    private const int Sentences = 4;
    private const int Longest = 7;

    private static readonly DecodingOptions[] Searches =
    [
        new() { Beam = 1 },
        new() { Beam = 3, BestCount = 2 },
        new() { Search = DecodingSearch.Sample, TopK = 5, BestCount = 2 },
    ];

    private readonly RunConfiguration _configuration = Runs.Small with
    {
        Model = Variants.Of(variant, Runs.Small.Model),
        Training = Runs.Small.Training with
        {
            MicroBatches = 2,
            EmaDecay = optimizer == OptimizerKind.Adam ? 0.9 : 0,
            Optimizer = new() { Name = optimizer },
        },
    };

    /// <summary>Tensors that the last <see cref="Run"/>'s computing made outside any dispose scope.</summary>
    public long Unscoped { get; private set; }

    /// <summary>Does all of this work.</summary>
    /// <returns>Losses, digests and translations, a line each.</returns>
    public IReadOnlyList<string> Run()
    {
        using var replica = Runs.NewReplica(_configuration);
        using var other = Runs.NewReplica(_configuration with { Seed = 8 });
        using var gradient = replica.NewGradientBuffer();
        using var integers = Quantized(replica);
        var before = DisposeScopeManager.Statistics.CreatedOutsideScopeCount;
        List<string> seen = [];
        for (var step = 0; step < Steps; step++)
            seen.Add(Train(replica, gradient, step));
        seen.Add(Number(replica.ComputeLoss(Batch(Steps))));
        seen.AddRange(replica.Evaluate(model => Translations(model)));
        other.Model.eval();
        seen.AddRange(Translations(replica.Model, other.Model));
        seen.AddRange(Translations(integers));
        seen.Add(Count(integers));
        Unscoped = DisposeScopeManager.Statistics.CreatedOutsideScopeCount - before;
        return seen;
    }

    private string Train(Replica replica, GradientBuffer gradient, int step)
    {
        var loss = 0.0;
        var sum = new float[gradient.Values.Length];
        var tokens = 0L;
        for (var micro = 0; micro < _configuration.Training.MicroBatches; micro++)
        {
            var batch = Batch(step, micro);
            loss += replica.ComputeGradient(batch, SeedMixer.Mix(_configuration.Seed, step, micro), gradient, sampled: step == 1 ? 0.5 : 0);
            tokens += batch.TargetTokens;
            for (var i = 0; i < sum.Length; i++)
                sum[i] += gradient.Values[i];
        }

        replica.Apply(sum, tokens, learningRate: 0.01);
        return $"{Number(loss)} {replica.Digest()}";
    }

    private static string Count(Seq2SeqModel model)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        var counts = model.Count(Batch(Steps));
        return $"{Number(counts.Loss)} {counts.Correct}";
    }

    private static string[] Translations(params Seq2SeqModel[] models)
    {
        var random = new DeterministicRandom(5);
        DecoderInput[] inputs = [.. Sources(random).Select((source, i) => new DecoderInput(source, [], (ulong)i))];
        return [.. Searches.SelectMany(options => BatchDecoder.Decode(models, inputs, options, CancellationToken.None))
            .SelectMany(found => found.Select(one => $"{Number(one.Score)} {string.Join(' ', one.Tokens)}"))];
    }

    /// <summary>A network of its own whose matrices are integers.</summary>
    private Seq2SeqModel Quantized(Replica replica)
    {
        var model = new Seq2SeqModel(_configuration.Model, Runs.Vocabulary, Runs.Vocabulary);
        model.eval();
        using var parameters = new FlatParameters(model);
        replica.Parameters.CopyTo(parameters.Values.AsSpan());
        model.Quantize(parameters.Layout.Tensors.Where(tensor => tensor.Shape.Count == 2)
            .Select(tensor => QuantizedMatrix.Of(tensor, parameters.Values.AsSpan((int)tensor.Offset, (int)tensor.Count))));
        return model;
    }

    private static MicroBatchArrays Batch(int step, int micro = 0)
    {
        var random = new DeterministicRandom(SeedMixer.Mix(99, step, micro));
        var batch = new MicroBatchArrays();
        batch.FillPairs(Sources(random), [.. Enumerable.Range(0, Sentences).Select(_ => Sentence(random))]);
        return batch;
    }

    private static int[][] Sources(DeterministicRandom random) =>
        [.. Enumerable.Range(0, Sentences).Select(_ => Sentence(random)).OrderByDescending(sentence => sentence.Length)];

    private static int[] Sentence(DeterministicRandom random) =>
        [.. Enumerable.Range(0, 1 + random.Below(Longest))
            .Select(_ => Vocabulary.SpecialCount + random.Below(Runs.Vocabulary - Vocabulary.SpecialCount))];

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
