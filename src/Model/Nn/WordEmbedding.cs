using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>A table of word vectors; parameter name and layout are those of <c>torch.nn.Embedding</c>.</summary>
internal sealed class WordEmbedding : nn.Module
{
    /// <param name="vocabularySize">Rows, V.</param>
    /// <param name="embeddingSize">Columns, E.</param>
    public WordEmbedding(int vocabularySize, int embeddingSize)
        : base(nameof(WordEmbedding)) =>
        register_parameter("weight", Weight = new Parameter(zeros(vocabularySize, embeddingSize)));

    /// <summary>A table that belongs to another module, where it is named and stored.</summary>
    /// <param name="shared">[V, E].</param>
    public WordEmbedding(Parameter shared)
        : base(nameof(WordEmbedding)) => Weight = shared;

    /// <summary>[V, E].</summary>
    public Parameter Weight { get; }

    /// <summary>Token ids […] become vectors […, E].</summary>
    public Tensor Forward(Tensor tokens) =>
        Weight.index_select(0, tokens.reshape(-1)).view([.. tokens.shape, Weight.shape[1]]);
}
