using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace DistSeq2Seq.Model.Checkpoints;

/// <summary>The result of one validation.</summary>
/// <param name="Step">The global step after which it was made.</param>
/// <param name="Loss">Mean negative log-likelihood per target token, in nats.</param>
/// <param name="Tokens">Target tokens that were scored.</param>
/// <param name="Perplexity">e to the power of the loss.</param>
public sealed record ValidationPoint(long Step, double Loss, long Tokens, double Perplexity)
{
    /// <summary>BLEU of greedy translations, 0 to 100, where validations are compared by it; else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Bleu { get; init; }
}

/// <summary>A file of a checkpoint, as <c>state.json</c> lists it.</summary>
/// <param name="Name">File name within the checkpoint's folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">SHA-256 of the content, in lower-case hexadecimal.</param>
public sealed record CheckpointFileEntry(string Name, long Size, string Sha256);

/// <summary>
/// Everything that a run needs to go on from a checkpoint, besides the tensors: the content of <c>state.json</c>.
/// </summary>
public sealed record CheckpointState
{
    /// <summary>The format of the file that this build writes, and the only one that it reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Format of the file.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Identity of the run that wrote the checkpoint.</summary>
    public required string RunId { get; init; }

    /// <summary>Global steps done, 0 or more; the folder's name has the same number.</summary>
    public required long Step { get; init; }

    /// <summary>The data cursor: the epoch of the next batch, counted from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>The data cursor: the next batch of that epoch, counted from 0.</summary>
    public required long BatchIndex { get; init; }

    /// <summary>The run's seed.</summary>
    public required long Seed { get; init; }

    /// <summary>Digest of the prepared corpus that the cursor refers to.</summary>
    public required string CorpusDigest { get; init; }

    /// <summary><see cref="TensorLayout.Digest"/>. Filled in by the store where empty; verified where given.</summary>
    public string LayoutDigest { get; init; } = "";

    /// <summary><see cref="Checkpoints.ReplicaDigest"/> of the tensors. Filled in by the store where empty; where
    /// given, the tensors are verified against it while they are written.</summary>
    public string ReplicaDigest { get; init; } = "";

    /// <summary>Names of the optimizer's slots in ordinal order. Filled in by the store.</summary>
    public IReadOnlyList<string> Slots { get; init; } = [];

    /// <summary>All validations of the run so far, oldest first.</summary>
    public IReadOnlyList<ValidationPoint> ValidationHistory { get; init; } = [];

    /// <summary>The lowest validation loss so far, in nats per token; null before the first validation.</summary>
    public double? BestValidationLoss { get; init; }

    /// <summary>Figures of the training at this step, by name (loss, tokens per second, …).</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>
    /// Training state that is neither a parameter nor an optimizer slot, such as the state of the learning-rate schedule, of early
    /// stopping and of skipped steps.
    /// </summary>
    public JsonObject Training { get; init; } = [];

    /// <summary>The effective configuration, as YAML.</summary>
    public string Configuration { get; init; } = "";

    /// <summary>Versions of the program and its runtime, by name.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; init; } = new Dictionary<string, string>();

    /// <summary>When the checkpoint was written, by that machine's clock; for people only. Filled in by
    /// the store where not given.</summary>
    public DateTimeOffset WrittenAt { get; init; }

    /// <summary>The other files of the checkpoint, by name. Filled in by the store.</summary>
    public IReadOnlyList<CheckpointFileEntry> Files { get; init; } = [];

    /// <summary>
    /// The validation loss measured at exactly this step, in nats per token; null without a validation at this step, or if the loss is
    /// not a number.
    /// </summary>
    public double? ValidationLossHere() => Here(point => point.Loss);

    /// <summary>
    /// The value that checkpoints are compared by; lower is better. It is minus the BLEU measured at exactly this step where the run
    /// measures BLEU, else the loss; null without a validation at this step, or if its result is not a number.
    /// </summary>
    public double? ValidationRankHere() => Here(point => point.Bleu is { } bleu ? -bleu : point.Loss);

    private double? Here(Func<ValidationPoint, double> value)
    {
        ValidationPoint? point = ValidationHistory.LastOrDefault(point => point.Step == Step);
        return point is null || double.IsNaN(value(point)) ? null : value(point);
    }
}
