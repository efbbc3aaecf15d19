using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Folders;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Training;

namespace DistSeq2Seq.Model.Decoding;

/// <summary>A model with its vocabularies and tokenizers, all from one checkpoint folder. For one thread.</summary>
public sealed class TranslationModel : IDisposable
{
    private readonly FlatParameters _parameters;
    private IDisposable? _packed;

    private TranslationModel(LoadedCheckpoint checkpoint)
    {
        CheckpointPath = checkpoint.Path;
        Step = checkpoint.State.Step;
        ValidationLoss = checkpoint.State.ValidationLossHere();
        Configuration = ConfigurationReader.Load(checkpoint.AttachmentPath("config.yaml"));
        var (source, target) = TokenizerFactory.Load(checkpoint.AttachmentPath(PreparedFolder.TokenizerFile));
        Source = new SentenceEncoder(source, Vocabulary.Load(checkpoint.AttachmentPath(PreparedFolder.SourceVocabularyFile)));
        Target = new SentenceEncoder(target, Vocabulary.Load(checkpoint.AttachmentPath(PreparedFolder.TargetVocabularyFile)));
        Network = new Seq2SeqModel(Configuration.Model, Source.Vocabulary.Count, Target.Vocabulary.Count);
        Network.eval();
        _parameters = new FlatParameters(Network);
    }

    /// <summary>The checkpoint's folder.</summary>
    public string CheckpointPath { get; }

    /// <summary>Global steps of training that the model has seen.</summary>
    public long Step { get; }

    /// <summary>The validation loss measured at this step, in nats per token; null where none was.</summary>
    public double? ValidationLoss { get; }

    /// <summary>Whether large matrices are 8-bit integers (<see cref="Quantization"/>).</summary>
    public bool IsQuantized { get; private set; }

    /// <summary>The configuration of the run that wrote the checkpoint.</summary>
    public RunConfiguration Configuration { get; }

    /// <summary>Source text to ids.</summary>
    public SentenceEncoder Source { get; }

    /// <summary>Target ids to text.</summary>
    public SentenceEncoder Target { get; }

    /// <summary>The network, in evaluation mode.</summary>
    public Seq2SeqModel Network { get; }

    /// <summary>Verifies and loads a checkpoint; the folder alone is enough.</summary>
    /// <param name="checkpointPath">The folder, as <c>runs/x/checkpoints/step-000001200</c>.</param>
    /// <exception cref="CheckpointException">
    /// It is missing or damaged, lacks a file, or its parameters are not those of its configuration and vocabularies.
    /// </exception>
    public static TranslationModel Load(string checkpointPath) =>
        SharedFolder.Read(checkpointPath, Open) ?? throw new CheckpointException(checkpointPath, "there is no such checkpoint");

    /// <summary>
    /// Loads a run's best checkpoint: the one with the best validation; without any validation the newest. Damaged checkpoints are
    /// skipped. If there is no other, a checkpoint with damage only in the optimizer's part is used.
    /// </summary>
    /// <param name="runFolder">The run's folder.</param>
    /// <param name="onDamaged">Called for each damaged checkpoint found, with its path and fault.</param>
    /// <exception cref="CheckpointException">There is no such folder, or no checkpoint in it that can be used.</exception>
    public static TranslationModel LoadBest(string runFolder, Action<string>? onDamaged = null)
    {
        if (!Directory.Exists(runFolder))
            throw new CheckpointException(runFolder, "there is no such run folder; name the folder that `train` wrote, as runs/quickstart");
        var store = new CheckpointStore(runFolder);
        var all = store.List();
        foreach (var problem in all.Select(info => info.Problem).OfType<string>())
            onDamaged?.Invoke(problem);
        var byValue = all
            .OrderByDescending(info => info.IsIntact)
            .ThenBy(info => info.State?.ValidationRankHere() ?? double.PositiveInfinity)
            .ThenByDescending(info => info.Step);
        foreach (var info in byValue)
        {
            try
            {
                if (SharedFolder.Read(info.Path, Open) is { } model)
                    return model;
            }
            catch (CheckpointException e)
            {
                if (info.IsIntact)
                    onDamaged?.Invoke(e.Message);
            }
        }

        throw new CheckpointException(runFolder, all.Count == 0
            ? "has no checkpoint yet; wait until training has written one (checkpoints.every says when), or train first"
            : $"none of its {all.Count} checkpoints can be used");
    }

    /// <summary>Lays the weights out for decoding, once. The weights must not change after that.</summary>
    internal void Pack() => _packed ??= Network.PackWeights();

    /// <inheritdoc/>
    public void Dispose()
    {
        _packed?.Dispose();
        Network.Dispose();
        _parameters.Dispose();
    }

    private static TranslationModel Open(string path)
    {
        using var checkpoint = LoadedCheckpoint.Open(path, CheckpointScope.ModelOnly);
        TranslationModel model;
        try
        {
            model = new TranslationModel(checkpoint);
        }
        catch (Exception e) when (e is DataException or ConfigurationException)
        {
            throw new CheckpointException(path, $"cannot be used: {e.Message}", e);
        }

        try
        {
            model.TakeParameters(checkpoint);
            model.IsQuantized = checkpoint.IsQuantized;
            if (model.IsQuantized)
                model.Network.Quantize(checkpoint.QuantizedMatrices());
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private void TakeParameters(LoadedCheckpoint checkpoint)
    {
        if (_parameters.Layout.Digest != checkpoint.Layout.Digest)
            throw new CheckpointException(checkpoint.Path, "its parameters are not those of its configuration: "
                + Difference(checkpoint.Layout));
        checkpoint.CopyTranslatingParameters(_parameters.Values);
        foreach (var tensor in _parameters.Layout.Tensors)
        {
            foreach (var value in _parameters.Values.AsSpan((int)tensor.Offset, (int)tensor.Count))
            {
                if (!float.IsFinite(value))
                {
                    throw new CheckpointException(checkpoint.Path,
                        $"parameter {tensor.Name} holds {value}: the training had broken down; take an earlier checkpoint");
                }
            }
        }
    }

    private string Difference(TensorLayout found)
    {
        static string Shape(TensorSlice tensor) => $"[{string.Join(", ", tensor.Shape)}]";
        foreach (var tensor in _parameters.Layout.Tensors)
        {
            if (!found.TryFind(tensor.Name, out var other))
                return $"{tensor.Name} is missing";
            if (!other.Shape.SequenceEqual(tensor.Shape))
                return $"{tensor.Name} is {Shape(other)} instead of {Shape(tensor)}";
        }

        return found.Tensors.FirstOrDefault(tensor => !_parameters.Layout.TryFind(tensor.Name, out _)) is { } extra
            ? $"{extra.Name} is too much"
            : "their order is another one";
    }
}
