using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Vectors;
using DistSeq2Seq.Model.Nn;
using DistSeq2Seq.Model.Training.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Training;

/// <summary>Result of one step.</summary>
/// <param name="GradientNorm">L2 norm of the gradient per target token, before clipping.</param>
/// <param name="Skipped">Whether the gradient was not finite, so that nothing changed but the step number.</param>
public readonly record struct StepOutcome(double GradientNorm, bool Skipped);

/// <summary>
/// One copy of the model with its optimizer: computes gradients of micro-batches and applies their sum. Two replicas that apply
/// the same sums hold the same bits.
/// </summary>
/// <remarks>Belongs to one training thread; the flat arrays may be read by others while that thread is at rest.</remarks>
public sealed class Replica : IDisposable
{
    private readonly Seq2SeqModel _model;
    private readonly FlatParameters _parameters;
    private readonly IOptimizer _optimizer;
    private readonly ParameterAverage? _average;
    private readonly Tensor? _averageFlat;
    private readonly Tensor[] _averageViews = [];
    private readonly RunConfiguration _configuration;
    private readonly PretrainedVectors? _vectors;
    private readonly int[] _finalFrom; // after each stage of backward

    /// <summary>Builds the model with the initial values that the seed gives.</summary>
    /// <param name="configuration">The run.</param>
    /// <param name="sourceVocabulary">Source tokens, the special ones included.</param>
    /// <param name="targetVocabulary">Target tokens, the special ones included.</param>
    /// <param name="vectors">Initial embeddings of some words, in place of random ones.</param>
    public Replica(RunConfiguration configuration, int sourceVocabulary, int targetVocabulary, PretrainedVectors? vectors = null)
    {
        (_configuration, _vectors) = (configuration, vectors);
        Arithmetic.UseThreads(configuration.Cluster.ThreadsPerWorker);
        _model = new Seq2SeqModel(configuration.Model, sourceVocabulary, targetVocabulary, configuration.Training.LabelSmoothing);
        _parameters = new FlatParameters(_model);
        _optimizer = OptimizerFactory.Create(configuration.Training.Optimizer, _parameters.Values.Length);
        if (configuration.Training.EmaDecay > 0)
        {
            _average = new ParameterAverage(_parameters.Values.Length, configuration.Training.EmaDecay);
            (_averageFlat, _averageViews) = _parameters.ViewsOf(_average.Values);
        }

        SlotNames = _average is null ? _optimizer.SlotNames : [CheckpointContent.AverageSlot, .. _optimizer.SlotNames];
        _finalFrom = [.. Enumerable.Range(0, Seq2SeqModel.Stages).Select(FinalFrom)];
        Reset();
    }

    /// <summary>The model.</summary>
    public Seq2SeqModel Model => _model;

    /// <summary>Names, shapes and places of the parameters.</summary>
    public TensorLayout Layout => _parameters.Layout;

    /// <summary>The parameters, flat.</summary>
    public float[] Parameters => _parameters.Values;

    /// <summary>
    /// Names of the slots: the average of the parameters where one is kept, then the optimizer's
    /// (<see cref="CheckpointContent.SlotOrder"/>).
    /// </summary>
    public IReadOnlyList<string> SlotNames { get; }

    /// <summary>Parameters, then the slots: all that the state of a replica consists of, besides the step.</summary>
    public IReadOnlyList<float[]> Sections => [_parameters.Values, .. Slots];

    private IReadOnlyList<float[]> Slots => _average is null ? _optimizer.Slots : [_average.Values, .. _optimizer.Slots];

    /// <summary>Number of steps applied. Code that writes the sections sets it too.</summary>
    public long Step { get; set; }

    /// <summary>Number of these steps that changed nothing but the step number. They do not count in Adam's bias correction.</summary>
    public long Skipped { get; set; }

    /// <summary>Number of skipped steps in a row up to the last step.</summary>
    public long SkippedInRow { get; set; }

    /// <summary>
    /// Goes back to step 0: initial values from the seed and the pretrained vectors, and the optimizer's initial state.
    /// </summary>
    public void Reset()
    {
        ParameterInitializer.Fill(_parameters.Values, _parameters.Layout, _configuration.Model, _configuration.Seed);
        Start("encoder.embedding.weight", _vectors?.Source);
        Start("decoder.embedding.weight", _vectors?.Target);
        _optimizer.Reset();
        _average?.Reset(_parameters.Values);
        (Step, Skipped, SkippedInRow) = (0, 0, 0);
    }

    /// <summary>Hash of all parameters, their average and optimizer state at this step.</summary>
    public string Digest() => ReplicaDigest.Compute(
        FloatBuffer.Of(_parameters.Values),
        SlotNames.Zip(Slots, (name, values) => new OptimizerSlot(name, FloatBuffer.Of(values))),
        Step);

    /// <summary>A gradient buffer of this model's size.</summary>
    public GradientBuffer NewGradientBuffer() => new(_parameters);

    /// <summary>
    /// Computes the loss of a micro-batch, and its gradient (a sum over target tokens) into <paramref name="gradient"/>.
    /// </summary>
    /// <param name="batch">May be empty: then the gradient is zero.</param>
    /// <param name="seed">Seed of dropout and of scheduled sampling.</param>
    /// <param name="gradient">Overwritten.</param>
    /// <param name="sampled">Probability of giving the decoder its own prediction instead of the true word; above 0 the batch's decoder
    /// input is changed.</param>
    /// <param name="onFinal">
    /// Called while backward goes on, with the element of the layout from which on the gradient is final. The last call is with 0.
    /// </param>
    /// <returns>Summed cross-entropy in nats.</returns>
    public double ComputeGradient(MicroBatchArrays batch, ulong seed, GradientBuffer gradient, double sampled = 0,
        Action<int>? onFinal = null)
    {
        gradient.Attach(_parameters.Parameters);
        if (batch.BatchSize == 0)
        {
            onFinal?.Invoke(0);
            return 0;
        }

        using var scope = NewDisposeScope();
        if (sampled > 0)
            ScheduledSampling.ReplaceInputs(_model, batch, sampled, seed);
        _model.train();
        _model.SeedDropout(seed);
        var graph = new StagedGraph();
        var loss = _model.Loss(batch, graph);
        StagedGraph.Backward(loss.Tensor); // the output layer
        onFinal?.Invoke(_finalFrom[0]);
        graph.Backward(graph.Count - 1, graph.Count); // attention, decoder and bridge
        onFinal?.Invoke(_finalFrom[1]);
        graph.Backward(0, graph.Count - 1); // the encoder
        onFinal?.Invoke(_finalFrom[2]);
        return loss.Value;
    }

    /// <summary>
    /// The loss of a piece of a validation split: summed cross-entropy in nats, without dropout or smoothing. Where an average of the
    /// parameters is kept, it is the loss of the average, because translation uses the average.
    /// </summary>
    public double ComputeLoss(MicroBatchArrays batch)
    {
        if (batch.BatchSize == 0)
            return 0;

        return Evaluate(_ => Loss(batch));
    }

    /// <summary>Computes in evaluation mode with the parameters to translate with: their average where one is kept.</summary>
    internal T Evaluate<T>(Func<Seq2SeqModel, T> compute)
    {
        _model.eval();
        return _average is null ? compute(_model) : _parameters.With(_averageViews, () => compute(_model));
    }

    /// <summary>Clips and applies the summed gradient of a step. Every replica does this with the same bytes.</summary>
    /// <param name="gradientSum">[P], the sum over all micro-batches.</param>
    /// <param name="tokens">Target tokens of the global batch; the sum is divided by it here, once.</param>
    /// <param name="learningRate">Step size.</param>
    public StepOutcome Apply(ReadOnlySpan<float> gradientSum, long tokens, double learningRate)
    {
        Step++;
        var norm = GradientNorm.Of(gradientSum) / tokens;
        if (!double.IsFinite(norm))
        {
            (Skipped, SkippedInRow) = (Skipped + 1, SkippedInRow + 1);
            return new StepOutcome(norm, Skipped: true);
        }

        SkippedInRow = 0;

        var scale = 1.0 / tokens;
        if (_configuration.Training.ClipNorm > 0 && norm > _configuration.Training.ClipNorm)
            scale *= _configuration.Training.ClipNorm / (norm + 1e-6); // as torch.nn.utils.clip_grad_norm_
        _optimizer.Step(_parameters.Values, gradientSum, (float)scale, learningRate, Step - Skipped);
        _average?.Update(_parameters.Values, Step - Skipped);
        return new StepOutcome(norm, Skipped: false);
    }

    private void Start(string embedding, WordVectors? vectors)
    {
        if (vectors is not null && Layout.TryFind(embedding, out var tensor))
            vectors.CopyTo(_parameters.Values.AsSpan((int)tensor.Offset, (int)tensor.Count));
    }

    /// <summary>First element of the layout's tail whose gradients are final after a stage of backward.</summary>
    private int FinalFrom(int stage)
    {
        var tail = Layout.Tensors.Reverse().TakeWhile(t => Seq2SeqModel.StageOf(t.Name) <= stage).LastOrDefault();
        return (int)(tail?.Offset ?? Layout.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _model.Dispose();
        foreach (var view in _averageViews)
            view.Dispose();
        _averageFlat?.Dispose();
        _parameters.Dispose();
    }

    private double Loss(MicroBatchArrays batch)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return _model.Loss(batch).Value;
    }
}
