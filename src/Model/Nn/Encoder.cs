using DistSeq2Seq.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>Embeds the source and reads it with a stack of recurrent layers.</summary>
internal sealed class Encoder : nn.Module
{
    private readonly Rnn _rnn;
    private readonly Dropout _dropout;

    public Encoder(ModelConfiguration model, int vocabularySize, Dropout dropout)
        : base(nameof(Encoder))
    {
        _dropout = dropout;
        register_module("embedding", Embedding = new WordEmbedding(vocabularySize, model.EmbeddingSize));
        register_module("rnn", _rnn = new Rnn(
            model, model.EmbeddingSize, model.Encoder.HiddenSize, model.Encoder.Layers, model.Encoder.Bidirectional, dropout));
    }

    /// <summary>Vectors of the source tokens.</summary>
    public WordEmbedding Embedding { get; }

    /// <summary>Reads the source.</summary>
    /// <param name="source">Token ids [S, B]; sentences sorted by length, longest first.</param>
    /// <param name="activeRows">For each position, how many sentences have not ended.</param>
    public RnnStates Forward(Tensor source, long[] activeRows)
    {
        var embedded = _dropout.Apply(Embedding.Forward(source), training); // [S, B, E]
        return _rnn.Forward(embedded, activeRows);
    }
}
