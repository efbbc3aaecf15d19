using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints.Compression;
using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Nn.Attention;
using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>A cross-entropy, summed over target tokens, in nats.</summary>
/// <param name="Tensor">A scalar to run backward from.</param>
/// <param name="Value">The same sum, taken in double precision.</param>
internal readonly record struct SummedLoss(Tensor Tensor, double Value);

/// <summary>Counts of target tokens that the model predicted one after the other.</summary>
/// <param name="Loss">Summed negative log-likelihood in nats.</param>
/// <param name="Correct">Tokens that were the most probable at their place.</param>
internal readonly record struct TokenCounts(double Loss, long Correct);

/// <summary>
/// Recurrent encoder-decoder, with or without attention (Sutskever et al. 2014, Bahdanau et al. 2015, Luong et al. 2015).
/// </summary>
public sealed class Seq2SeqModel : nn.Module
{
    /// <summary>Rows of logits that exist at a time while tokens are counted: 1,024 of 32,000 words take 128 MiB.</summary>
    private const long CountedRows = 1024;

    private readonly Encoder _encoder;
    private readonly Bridge _bridge;
    private readonly Decoder _decoder;
    private readonly Dropout _dropout;
    private readonly double _labelSmoothing;
    private readonly bool _reverseSource;
    private readonly List<QuantizedWeight> _quantized = [];

    /// <param name="model">Sizes and kinds.</param>
    /// <param name="sourceVocabulary">Source tokens, the special ones included.</param>
    /// <param name="targetVocabulary">Target tokens, the special ones included.</param>
    /// <param name="labelSmoothing">Probability mass spread evenly over the target vocabulary while training.</param>
    /// <exception cref="ArgumentException">All embeddings are tied, and the vocabularies are not of one size.</exception>
    public Seq2SeqModel(ModelConfiguration model, int sourceVocabulary, int targetVocabulary, double labelSmoothing = 0)
        : base(nameof(Seq2SeqModel))
    {
        if (model.TiedEmbeddings == TiedEmbeddings.All && sourceVocabulary != targetVocabulary)
        {
            throw new ArgumentException($"model.tied_embeddings is all, but the vocabularies have {sourceVocabulary} "
                + $"and {targetVocabulary} tokens; one matrix needs one vocabulary (data.shared_vocabulary)", nameof(targetVocabulary));
        }

        _dropout = new Dropout(model.Dropout, model.VariationalDropout);
        (_labelSmoothing, _reverseSource) = (labelSmoothing, model.ReverseSource);
        register_module("encoder", _encoder = new Encoder(model, sourceVocabulary, _dropout));
        register_module("bridge", _bridge = new Bridge(model));
        register_module("decoder", _decoder = new Decoder(model, targetVocabulary, _dropout, _encoder.Embedding));
    }

    /// <summary>Stages of a backward pass: output layer; attention, decoder and bridge; encoder.</summary>
    internal const int Stages = 3;

    /// <summary>The stage of a backward pass that completes a parameter's gradient.</summary>
    /// <param name="parameter">Its name; of a tied one the first, which is the one completed last.</param>
    internal static int StageOf(string parameter) =>
        parameter.StartsWith("decoder.output.", StringComparison.Ordinal) ? 0 : parameter.StartsWith("encoder.", StringComparison.Ordinal)
        ? 2 : 1;

    /// <summary>Computes with quantized matrices from now on, without gradients; word embeddings keep their floats.</summary>
    /// <param name="matrices">By parameters' names.</param>
    internal void Quantize(IEnumerable<QuantizedMatrix> matrices)
    {
        var parameters = named_parameters().ToDictionary(named => named.name, named => named.parameter, StringComparer.Ordinal);
        var found = new Dictionary<Parameter, QuantizedWeight>(ReferenceEqualityComparer.Instance);
        var byParameter = new Dictionary<Parameter, QuantizedMatrix>(ReferenceEqualityComparer.Instance);
        foreach (var matrix in matrices)
            byParameter.Add(parameters[matrix.Name], matrix);
        foreach (var module in modules().OfType<IQuantizable>())
            module.Quantize(Find);
        _quantized.AddRange(found.Values);

        QuantizedWeight? Find(Parameter parameter)
        {
            if (!found.TryGetValue(parameter, out var weight) && byParameter.TryGetValue(parameter, out var matrix))
                found.Add(parameter, weight = new QuantizedWeight(matrix));
            return weight;
        }
    }

    /// <summary>Seeds the dropout of the next training pass.</summary>
    internal void SeedDropout(ulong seed) => _dropout.Seed(seed);

    /// <summary>Cross-entropy of the target given the source; smoothed while training.</summary>
    /// <param name="batch">At least one sentence; sorted by source length, longest first.</param>
    /// <param name="graph">If given, it is cut behind the encoder and before the output layer; the last cut is the output
    /// layer's.</param>
    internal SummedLoss Loss(MicroBatchArrays batch, StagedGraph? graph = null)
    {
        var (rows, words) = TargetFeatures(batch, graph);
        rows = graph?.Cut(rows) ?? rows;
        var smoothing = training ? _labelSmoothing : 0;
        if (FusedKernels.Supports(rows) && _decoder.Output.Quantized is null)
            return FusedKernels.LinearCrossEntropy(rows, _decoder.Output, words, smoothing);

        var each = nn.functional.cross_entropy(
            _decoder.Output.Forward(rows), words, reduction: nn.Reduction.None, label_smoothing: smoothing); // [N]
        var sum = each.to(ScalarType.Float64).sum();
        return new SummedLoss(sum, sum.item<double>());
    }

    /// <summary>Counts the target tokens of a batch, each predicted from the true ones before it. In evaluation mode.</summary>
    /// <param name="batch">At least one sentence; sorted by source length, longest first.</param>
    internal TokenCounts Count(MicroBatchArrays batch)
    {
        var (rows, words) = TargetFeatures(batch);
        if (FusedKernels.Supports(rows) && _decoder.Output.Quantized is null)
            return FusedKernels.CountTokens(rows, _decoder.Output, words);

        var counts = new TokenCounts(0, 0);
        for (var start = 0L; start < rows.shape[0]; start += CountedRows)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(CountedRows, rows.shape[0] - start);
            var expected = words.narrow(0, start, count); // [n]
            var logits = _decoder.Output.Forward(rows.narrow(0, start, count)); // [n, V]
            var losses = nn.functional.cross_entropy(logits, expected, reduction: nn.Reduction.None); // [n]
            counts = new TokenCounts(
                counts.Loss + losses.to(ScalarType.Float64).sum().item<double>(),
                counts.Correct + logits.argmax(1).eq(expected).sum().item<long>());
        }

        return counts;
    }

    /// <summary>Lays weights out for many decoding steps. They must not change until the result is disposed of.</summary>
    internal IDisposable PackWeights() => _decoder.PackWeights();

    /// <summary>Reads the sources of a batch, which are sorted by length, longest first.</summary>
    /// <exception cref="ArgumentException">They are not sorted.</exception>
    internal (DecoderState State, AttentionMemory? Memory) Encode(MicroBatchArrays batch, StagedGraph? graph = null)
    {
        int sourceLength = batch.SourceLength, batchSize = batch.BatchSize;
        var activeRows = new long[sourceLength];
        var padding = new bool[batchSize * sourceLength];
        for (var row = 0; row < batchSize; row++)
        {
            // Unsorted rows would be cut short without an error, because a step runs over the first rows only.
            if (row > 0 && batch.SourceLengths[row] > batch.SourceLengths[row - 1])
            {
                throw new ArgumentException($"source {row} has {batch.SourceLengths[row]} tokens, more than the one before it"
                    + $" ({batch.SourceLengths[row - 1]}); sort a batch by source length, longest first", nameof(batch));
            }

            for (var time = 0; time < sourceLength; time++)
            {
                if (time < batch.SourceLengths[row])
                    activeRows[time]++;
                else
                    padding[(row * sourceLength) + time] = true;
            }
        }

        var (encoded, output) = ReadSource(batch, activeRows);
        if (graph is not null)
        {
            output = graph.Cut(output);
            encoded = new RnnStates(output, graph.Cut(encoded.Hidden), graph.Cut(encoded.Cell));
        }

        var (hidden, cell) = _bridge.Forward(encoded);
        var memory = _decoder.Prepare(output, tensor(padding).view(batchSize, sourceLength));
        return (_decoder.Begin(hidden, cell), memory);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var weight in _quantized)
                weight.Dispose();
            _quantized.Clear();
        }

        base.Dispose(disposing);
    }

    /// <summary>The encoder's states, and its outputs [S, B, E] in the order of the source's words.</summary>
    private (RnnStates States, Tensor Output) ReadSource(MicroBatchArrays batch, long[] activeRows)
    {
        int sourceLength = batch.SourceLength, batchSize = batch.BatchSize;
        var words = tensor(batch.Source.ToArray());
        if (!_reverseSource)
        {
            var states = _encoder.Forward(words.view(sourceLength, batchSize), activeRows);
            return (states, states.Output);
        }

        // The outputs are put back into the words' original order, to which attention weights then refer.
        var mirrored = tensor(MirroredPositions(batch));
        var reversed = _encoder.Forward(words.index_select(0, mirrored).view(sourceLength, batchSize), activeRows);
        var output = reversed.Output.reshape(sourceLength * batchSize, -1).index_select(0, mirrored);
        return (reversed, output.view(sourceLength, batchSize, -1));
    }

    /// <summary>
    /// For each position of the flattened [S, B], the position whose word stands there when each sentence's words are reversed; end mark
    /// and padding stay. The same map also reverses them back.
    /// </summary>
    private static long[] MirroredPositions(MicroBatchArrays batch)
    {
        var positions = new long[batch.SourceLength * batch.BatchSize];
        for (var i = 0; i < positions.Length; i++)
        {
            var (time, row) = Math.DivRem(i, batch.BatchSize);
            var words = batch.SourceLengths[row] - 1;
            positions[i] = time < words ? ((words - 1 - time) * batch.BatchSize) + row : i;
        }

        return positions;
    }

    /// <summary>
    /// One decoding step of K hypotheses for each of the memory's B sources, row k × B + b being hypothesis k of source b: the
    /// logits of the next token [K·B, V], the states after, and attention weights [K·B, S].
    /// </summary>
    internal (Tensor Logits, DecoderState State, Tensor? Weights) Step(long[] tokens, DecoderState state, AttentionMemory? memory)
    {
        var (features, next, weights) = _decoder.Step(tensor(tokens), state, memory);
        return (_decoder.Output.Forward(features), next, weights?.transpose(0, 1).reshape(tokens.Length, -1));
    }

    /// <summary>The output layer's input for each target token that is not padding, [N, H], and those tokens, [N].</summary>
    internal (Tensor Rows, Tensor Words) TargetFeatures(MicroBatchArrays batch, StagedGraph? graph = null)
    {
        var (state, memory) = Encode(batch, graph);
        var targetInput = tensor(batch.TargetInput.ToArray()).view(batch.TargetLength, batch.BatchSize);
        var features = _decoder.Forward(targetInput, state, memory); // [T, B, H]

        // Padding never reaches the output layer.
        var (positions, words) = TargetWords(batch);
        return (features.reshape(-1, features.shape[2]).index_select(0, tensor(positions)), tensor(words));
    }

    /// <summary>The positions in the flattened [T, B] of target tokens that are not padding, and those tokens.</summary>
    private static (long[] Positions, long[] Words) TargetWords(MicroBatchArrays batch)
    {
        var positions = new long[batch.TargetTokens];
        var words = new long[batch.TargetTokens];
        var count = 0;
        var output = batch.TargetOutput;
        for (var i = 0; i < output.Length; i++)
        {
            if (output[i] == Vocabulary.Pad)
                continue;
            positions[count] = i;
            words[count++] = output[i];
        }

        return (positions, words);
    }
}
