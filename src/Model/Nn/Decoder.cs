using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Nn.Attention;
using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>
/// Embeds the target so far, runs a stack of recurrent layers over it and attends to the source. With input feeding
/// (Luong et al. 2015, section 3.3) the attentional state, after dropout, is part of the next step's input.
/// </summary>
internal sealed class Decoder : nn.Module
{
    private readonly WordEmbedding _embedding;
    private readonly Rnn _rnn;
    private readonly AttentionLayer? _attention;
    private readonly Dropout _dropout;
    private readonly bool _feeds;

    /// <param name="model">Sizes and kinds.</param>
    /// <param name="vocabularySize">Target tokens, V.</param>
    /// <param name="dropout">The model's dropout.</param>
    /// <param name="source">The encoder's embedding, which all tied matrices share.</param>
    public Decoder(ModelConfiguration model, int vocabularySize, Dropout dropout, WordEmbedding source)
        : base(nameof(Decoder))
    {
        (_dropout, _feeds) = (dropout, model.InputFeeding);
        _embedding = model.TiedEmbeddings == TiedEmbeddings.All
            ? new WordEmbedding(source.Weight)
            : new WordEmbedding(vocabularySize, model.EmbeddingSize);
        register_module("embedding", _embedding);
        var units = model.Decoder.HiddenSize;
        register_module("rnn", _rnn = new Rnn(
            model, model.EmbeddingSize + (_feeds ? units : 0), units, model.Decoder.Layers, bidirectional: false, dropout));
        if (AttentionLayer.Create(model) is { } attention)
            register_module("attention", _attention = attention);

        Output = model.TiedEmbeddings == TiedEmbeddings.None
            ? new Projection(units, vocabularySize, bias: true)
            : new Projection(_embedding.Weight, bias: true);
        register_module("output", Output);
    }

    /// <summary>The output layer: [.., H] to [.., V].</summary>
    public Projection Output { get; }

    /// <summary>The source side of the attention, once per source; null without attention.</summary>
    public AttentionMemory? Prepare(Tensor encoded, Tensor padding) => _attention?.Prepare(encoded, padding);

    /// <summary>The state before the first step.</summary>
    /// <param name="hidden">For each layer [B, H].</param>
    /// <param name="cell">For each layer [B, H], or empty.</param>
    public DecoderState Begin(Tensor[] hidden, Tensor[] cell) => new(hidden, cell, _feeds ? zeros_like(hidden[0]) : null);

    /// <summary>Runs over given target tokens.</summary>
    /// <param name="target">Token ids [T, B], beginning with <c>&lt;s&gt;</c>.</param>
    /// <param name="state">The states before the first of them.</param>
    /// <param name="memory">The source, or null without attention.</param>
    /// <returns>What goes into the output layer, [T, B, H].</returns>
    /// <remarks>Steps after a sentence's end are computed and then ignored: nothing flows back from them.</remarks>
    public Tensor Forward(Tensor target, DecoderState state, AttentionMemory? memory)
    {
        var embedded = _dropout.Apply(_embedding.Forward(target), training); // [T, B, E]
        if (_feeds)
            return StepByStep(embedded, state, memory!.Value);

        var activeRows = new long[target.shape[0]];
        Array.Fill(activeRows, target.shape[1]);
        var features = _rnn.Forward(embedded, activeRows, state.Hidden, state.Cell).Output;
        if (_attention is not null)
            (features, _) = _attention.Forward(features, memory!.Value);
        return _dropout.Apply(features, training);
    }

    /// <summary>One step of K hypotheses for each of B sources, without dropout; row k × B + b is hypothesis k of source b.</summary>
    /// <param name="tokens">The hypotheses' last tokens, [K·B].</param>
    /// <param name="state">Their states, [K·B, H] for each layer.</param>
    /// <param name="memory">The B sources, once each, or null without attention.</param>
    /// <returns>What goes into the output layer [K·B, H], the states after, and attention weights [B, K, S].</returns>
    public (Tensor Features, DecoderState State, Tensor? Weights) Step(Tensor tokens, DecoderState state, AttentionMemory? memory)
    {
        var rows = tokens.shape[0];
        var states = Advance(_embedding.Forward(tokens), state);
        if (_attention is null)
            return (states.Output[0], new DecoderState(states.Hidden, states.Cell, null), null);

        // The attention treats the hypotheses of a source like time steps, so the memory need not be repeated for each.
        long batch = memory!.Value.Padding.shape[0], units = states.Output.shape[2];
        // [K, B, H], [B, K, S]
        var (attentional, weights) = _attention.Forward(states.Output.view(rows / batch, batch, units), memory.Value);
        var features = attentional.reshape(rows, units);
        return (features, new DecoderState(states.Hidden, states.Cell, _feeds ? features : null), weights);
    }

    /// <summary>
    /// Packs the weights that <see cref="Step"/> and the output layer use; they must not change until the result is disposed.
    /// </summary>
    public PackedWeights PackWeights()
    {
        var weights = new PackedWeights();
        if (!FusedKernels.Supports(Output.Weight))
            return weights; // plain layers are used
        _rnn.PackInto(weights);
        _attention?.PackInto(weights);
        Output.PackInto(weights);
        return weights;
    }

    /// <summary>Input feeding: each step waits for the attentional state of the one before.</summary>
    private Tensor StepByStep(Tensor embedded, DecoderState state, AttentionMemory memory)
    {
        if (_rnn.Kind == CellKind.Lstm && FusedKernels.Supports(embedded) && !_rnn.IsQuantized && _attention!.PartsFor(memory) is { } parts)
            return StepByStepFused(embedded, state, parts);

        var features = new Tensor[embedded.shape[0]];
        _dropout.OverTime(features.Length, time =>
        {
            var states = Advance(embedded[time], state);
            var (attentional, _) = _attention!.Forward(states.Output, memory); // [1, B, H]
            features[time] = _dropout.Apply(attentional, training)[0];
            state = new DecoderState(states.Hidden, states.Cell, features[time]);
        });
        return stack(features);
    }

    /// <summary>The same by one kernel, which takes dropout as factors.</summary>
    private Tensor StepByStepFused(Tensor embedded, DecoderState state, AttentionParts attention)
    {
        var layers = _rnn.ForwardLayers;
        Tensor? layerMasks = null, featuresMask = null;
        if (training && _dropout.Drops)
        {
            Tensor Mask() => _dropout.Apply(ones(embedded.shape[0], embedded.shape[1], _rnn.HiddenSize), training);
            if (layers.Count > 1)
                layerMasks = stack(Enumerable.Range(1, layers.Count - 1).Select(_ => Mask()).ToArray());
            featuresMask = Mask();
        }

        return FusedKernels.FeedingDecoder(embedded, layers, state, attention, layerMasks, featuresMask, _rnn.IsResidual);
    }

    /// <summary>The recurrent layers' next step from the last word's vectors, [R, E].</summary>
    private RnnStates Advance(Tensor embedded, DecoderState state)
    {
        var input = state.Fed is null ? embedded : cat([embedded, state.Fed], -1); // [R, E] or [R, E + H]
        return _rnn.IsPacked
            ? _rnn.Step(input, state.Hidden, state.Cell)
            : _rnn.Forward(input.unsqueeze(0), [input.shape[0]], state.Hidden, state.Cell);
    }
}
