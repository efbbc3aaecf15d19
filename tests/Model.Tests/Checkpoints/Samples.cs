using System.Text.Json.Nodes;
using DistSeq2Seq.Model.Checkpoints;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

/// <summary>Small models' states, different for every step.</summary>
internal static class Samples
{
    public static TensorLayout Layout { get; } = TensorLayout.Create(
    [
        ("encoder.embedding.weight", [5, 3]),
        ("encoder.rnn.weight_ih_l0", [8, 3]),
        ("décodeur.bias", [7]),
        ("scale", []),
        ("unused", [0, 4]),
    ]);

    public static float[] Values(long step, int salt) =>
        [.. Enumerable.Range(0, (int)Layout.Count).Select(i => MathF.Sin(i + (step * 31) + salt))];

    public static CheckpointState State(long step, params ValidationPoint[] history) => new()
    {
        RunId = "run-1",
        Step = step,
        Epoch = 2,
        BatchIndex = step + 1,
        Seed = 42,
        CorpusDigest = "c0ffee",
        ValidationHistory = history,
        BestValidationLoss = history.Length == 0 ? null : history.Min(point => point.Loss),
        Metrics = new Dictionary<string, double> { ["loss"] = 1.0 / 3, ["worst"] = double.PositiveInfinity },
        Training = new JsonObject { ["scheduler"] = new JsonObject { ["bad_epochs"] = 3 }, ["updates"] = step - 1 },
        Configuration = "model:\n  layers: 2 # zwei Schichten, “quoted”\n",
        Versions = new Dictionary<string, string> { ["distseq2seq"] = "0.1.0" },
    };

    public static CheckpointContent Content(long step, params ValidationPoint[] history) => new()
    {
        Layout = Layout,
        Parameters = FloatBuffer.Of(Values(step, 0)),
        Slots =
        [
            new OptimizerSlot("exp_avg_sq", FloatBuffer.Of(Values(step, 2))),
            new OptimizerSlot("exp_avg", FloatBuffer.Of(Values(step, 1))),
        ],
        State = State(step, history),
        Attachments =
        [
            CheckpointAttachment.Text("config.yaml", "model:\n  layers: 2\n"),
            CheckpointAttachment.Text("source.vocab", "<pad>\n<unk>\nchat\n"),
        ],
    };

    /// <summary>With a moving average of the parameters besides.</summary>
    public static CheckpointContent WithAverage(long step, params ValidationPoint[] history)
    {
        var content = Content(step, history);
        return content with
        {
            Slots = [.. content.Slots, new OptimizerSlot(CheckpointContent.AverageSlot, FloatBuffer.Of(Values(step, 3)))],
        };
    }

    public static ValidationPoint Validation(long step, double loss) => new(step, loss, 1000, Math.Exp(loss));

    public static string[] FileNames(string folder) =>
        [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public static string[] EntryNames(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
