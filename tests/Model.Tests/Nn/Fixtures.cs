using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Nn;

/// <summary>The options of tests/fixtures/plain_model.py.</summary>
internal sealed record ModelOptions(
    int SourceVocabulary, int TargetVocabulary, int EmbeddingSize, string Attention, bool Bidirectional,
    int EncoderLayers, int DecoderLayers, int EncoderSize, int DecoderSize,
    string Cell = "lstm", bool InputFeeding = false, bool Residual = false, bool ReverseSource = false, string TiedEmbeddings = "none")
{
    [JsonIgnore]
    public ModelConfiguration Configuration => new()
    {
        EmbeddingSize = EmbeddingSize,
        Encoder = new() { Layers = EncoderLayers, HiddenSize = EncoderSize, Bidirectional = Bidirectional },
        Decoder = new() { Layers = DecoderLayers, HiddenSize = DecoderSize },
        Attention = Parse<AttentionKind>(Attention),
        Cell = Parse<CellKind>(Cell),
        InputFeeding = InputFeeding,
        Residual = Residual,
        ReverseSource = ReverseSource,
        TiedEmbeddings = Parse<TiedEmbeddings>(TiedEmbeddings),
        Dropout = 0,
    };

    private static T Parse<T>(string name)
        where T : struct, Enum => Enum.Parse<T>(name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
}

/// <summary>What PyTorch computes for one model and the first batch. Tensors are flat.</summary>
/// <param name="Parameters">[name, shape] in PyTorch's order.</param>
/// <param name="Loss">Summed over target tokens.</param>
/// <param name="Logits">[N, V], sentence by sentence.</param>
/// <param name="Weights">[T, S] of each sentence; null without attention.</param>
/// <param name="Gradient">In the order of <paramref name="Parameters"/>.</param>
internal sealed record ModelCase(
    string Name, ModelOptions Options, double LabelSmoothing, JsonElement[][] Parameters, double Loss,
    string Logits, string? Weights, string Gradient);

/// <summary>What PyTorch computes for the first batch in training mode: with dropout, scheduled sampling or both.</summary>
/// <param name="Sampled">Probability of replacing a word of the decoder's input.</param>
/// <param name="Inputs">The decoder's input with the words replaced, sentence by sentence; null where none are.</param>
/// <param name="Features">What the output layer sees, [N, H], sentence by sentence.</param>
/// <param name="Gradient">In PyTorch's order of parameters.</param>
internal sealed record TrainingCase(
    string Name, ModelOptions Options, double LabelSmoothing, double Dropout, bool Variational, double Sampled, ulong Seed,
    long[][]? Inputs, double Loss, string Features, string Gradient);

/// <summary>First values of a model's parameters, and what PyTorch computes with them for the first batch.</summary>
/// <param name="Vectors">By side, source and target, what some words start from; null for none.</param>
/// <param name="Gradient">Where there are vectors.</param>
internal sealed record InitializationCase(
    string Name, ModelOptions Options, string Kind, double InitScale, double ForgetBias, long Seed,
    Dictionary<string, FixtureVectors>? Vectors, string Parameters, double Loss, string? Gradient);

/// <summary>Vectors of words, [ids, E].</summary>
internal sealed record FixtureVectors(long[] Ids, string Values);

/// <summary>What ten steps of a PyTorch optimizer do; see make_fixtures.py.</summary>
/// <param name="Kind">PyTorch's class.</param>
/// <param name="First">The parameters after the first step; null where only the model is another.</param>
/// <param name="Parameters">After the last.</param>
/// <param name="Average">Their moving average.</param>
internal sealed record OptimizerCase(
    string Name, ModelOptions Options, string Kind, OptimizerConstants Optimizer, double ClipNorm, double[] Losses, double[] Norms,
    string? First, string Parameters, string Average);

/// <summary>PyTorch's names; 0 where an optimizer lacks one.</summary>
internal sealed record OptimizerConstants(
    double Lr, double[]? Betas, double Eps, double Momentum, bool Nesterov, double WeightDecay, double Alpha, double Rho,
    double InitialAccumulatorValue);

/// <summary>The learning rates that a PyTorch scheduler gives.</summary>
/// <param name="Schedule">Keys of <c>training.schedule</c>.</param>
/// <param name="Metrics">Of the validation after every third step; null is not a number.</param>
/// <param name="Rates">Of the steps from 1 on; the full rate is 0.3.</param>
internal sealed record ScheduleCase(string Name, Dictionary<string, JsonElement> Schedule, double?[] Metrics, double[] Rates);

/// <summary>A file of tests/fixtures.</summary>
/// <param name="Batches">Batches of pairs of id lists, longest source first.</param>
internal sealed record FixtureFile<T>(int[][][][] Batches, T[] Cases)
{
    /// <summary>A committed file.</summary>
    public static FixtureFile<T> Read(string name) => ReadFrom(Repository.PathOf("tests", "fixtures", name));

    /// <summary>A file anywhere.</summary>
    public static FixtureFile<T> ReadFrom(string path) =>
        JsonSerializer.Deserialize<FixtureFile<T>>(File.ReadAllText(path), FixtureJson.Options)!;
}

/// <summary>How the scripts of tests/fixtures write names.</summary>
internal static class FixtureJson
{
    public static JsonSerializerOptions Options { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}

/// <summary>The committed fixtures.</summary>
internal static class Fixtures
{
    public static FixtureFile<ModelCase> Models { get; } = FixtureFile<ModelCase>.Read("model.json");

    public static FixtureFile<TrainingCase> Training { get; } = FixtureFile<TrainingCase>.Read("training.json");

    public static FixtureFile<InitializationCase> Initializations { get; } = FixtureFile<InitializationCase>.Read("initialization.json");

    public static FixtureFile<OptimizerCase> Optimizers { get; } = FixtureFile<OptimizerCase>.Read("optimizers.json");

    public static FixtureFile<ScheduleCase> Schedules { get; } = FixtureFile<ScheduleCase>.Read("schedules.json");

    /// <summary>The numbers of a packed tensor.</summary>
    public static float[] Unpack(string base64) => MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(base64)).ToArray();

    /// <summary>The weights of make_fixtures.py's <c>fill</c>.</summary>
    public static void FillWeights(float[] parameters, double scale)
    {
        for (var i = 0; i < parameters.Length; i++)
            parameters[i] = (float)(((((i * 40503L) + 12345) % 65537 / 65537.0) - 0.5) * scale);
    }

    /// <summary>Compares flat tensors one by one, each relative to its largest element.</summary>
    /// <param name="layout">Their names and places.</param>
    /// <param name="log">Gets a line for each.</param>
    public static void AssertTensors(
        TensorLayout layout, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, Action<string> log,
        string what = "")
    {
        foreach (var tensor in layout.Tensors)
        {
            var range = new Range((int)tensor.Offset, (int)(tensor.Offset + tensor.Count));
            AssertClose($"{what}{tensor.Name}", expected[range], actual[range], tolerance, log);
        }
    }

    /// <summary>Compares a tensor, relative to its largest element.</summary>
    public static void AssertClose(string what, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance,
        Action<string> log)
    {
        var error = RelativeError(expected, actual);
        log($"{what}: relative error {error:e2}");
        Assert.True(error <= tolerance, $"{what}: relative error {error:e2}, allowed {tolerance:e0}");
    }

    /// <summary>The largest difference, relative to the largest expected magnitude.</summary>
    public static double RelativeError(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 0, difference = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(float.IsFinite(actual[i]), $"element {i} is {actual[i]}, expected {expected[i]}");
            largest = Math.Max(largest, Math.Abs(expected[i]));
            difference = Math.Max(difference, Math.Abs((double)expected[i] - actual[i]));
        }

        return difference == 0 ? 0 : difference / largest;
    }
}
