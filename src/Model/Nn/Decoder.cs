using DistSeq2Seq.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>What the decoder carries from step to step, besides the source.</summary>
/// <param name="Hidden">For each layer [B, H].</param>
/// <param name="Cell">For each layer [B, H].</param>
internal readonly record struct DecoderState(Tensor[] Hidden, Tensor[] Cell)
{
    /// <summary>The given rows, in the given order; a row may be given several times.</summary>
    /// <param name="rows">Indices into B.</param>
    public DecoderState Select(Tensor rows) =>
        new([.. Hidden.Select(state => state.index_select(0, rows))], [.. Cell.Select(state => state.index_select(0, rows))]);
}

/// <summary>Embeds the target so far, runs a stacked LSTM over it and looks at the source through attention.</summary>
internal sealed class Decoder : nn.Module
{
    private readonly WordEmbedding _embedding;
    private readonly Lstm _rnn;
    private readonly Attention? _attention;
    private readonly Dropout _dropout;

    public Decoder(ModelConfiguration model, int vocabularySize, Dropout dropout)
        : base(nameof(Decoder))
    {
        _dropout = dropout;
        register_module("embedding", _embedding = new WordEmbedding(vocabularySize, model.EmbeddingSize));
        register_module("rnn", _rnn = new Lstm(
            model.EmbeddingSize, model.Decoder.HiddenSize, model.Decoder.Layers, bidirectional: false, dropout));
        if (model.Attention != AttentionKind.None)
        {
            var encoderSize = model.Encoder.HiddenSize * (model.Encoder.Bidirectional ? 2 : 1);
            register_module("attention", _attention = new Attention(model.Attention, encoderSize, model.Decoder.HiddenSize));
        }

        register_module("output", Output = new Projection(model.Decoder.HiddenSize, vocabularySize, bias: true));
    }

    /// <summary>The output layer: [.., H] to [.., V].</summary>
    public Projection Output { get; }

    /// <summary>The source side of the attention, once per source; null without attention.</summary>
    public AttentionMemory? Prepare(Tensor encoded, Tensor padding) => _attention?.Prepare(encoded, padding);

    /// <summary>Runs over given target tokens.</summary>
    /// <param name="target">Token ids [T, B], beginning with <c>&lt;s&gt;</c>.</param>
    /// <param name="state">The states before the first of them.</param>
    /// <param name="memory">The source, or null without attention.</param>
    /// <returns>What goes into the output layer [T, B, H], the states after, and attention weights [B, T, S].</returns>
    public (Tensor Features, DecoderState State, Tensor? Weights) Forward(Tensor target, DecoderState state, AttentionMemory? memory)
    {
        long steps = target.shape[0], batch = target.shape[1];
        var embedded = _dropout.Apply(_embedding.Forward(target), training); // [T, B, E]
        // Steps after a sentence's end are computed and then ignored: nothing flows back from them.
        var activeRows = new long[steps];
        Array.Fill(activeRows, batch);
        var states = _rnn.Forward(embedded, activeRows, state.Hidden, state.Cell);
        var features = states.Output;
        Tensor? weights = null;
        if (_attention is not null)
            (features, weights) = _attention.Forward(features, memory!.Value);
        return (_dropout.Apply(features, training), new DecoderState(states.Hidden, states.Cell), weights);
    }

    /// <summary>One step of K hypotheses for each of B sources, without dropout; row k × B + b is hypothesis k of source b.</summary>
    /// <param name="tokens">The hypotheses' last tokens, [K·B].</param>
    /// <param name="state">Their states, [K·B, H] for each layer.</param>
    /// <param name="memory">The B sources, once each, or null without attention.</param>
    /// <returns>What goes into the output layer [K·B, H], the states after, and attention weights [B, K, S].</returns>
    public (Tensor Features, DecoderState State, Tensor? Weights) Step(Tensor tokens, DecoderState state, AttentionMemory? memory)
    {
        var rows = tokens.shape[0];
        var states = _rnn.Forward(_embedding.Forward(tokens).unsqueeze(0), [rows], state.Hidden, state.Cell);
        var next = new DecoderState(states.Hidden, states.Cell);
        if (_attention is null)
            return (states.Output[0], next, null);

        // The attention takes hypotheses of a source as it takes time steps, so that the memory is not repeated for each.
        long batch = memory!.Value.Padding.shape[0], units = states.Output.shape[2];
        var (features, weights) = _attention.Forward(states.Output.view(rows / batch, batch, units), memory.Value); // [K, B, H], [B, K, S]
        return (features.reshape(rows, units), next, weights);
    }
}
