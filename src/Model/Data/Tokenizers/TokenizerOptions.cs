using DistSeq2Seq.Model.Data.Normalization;

namespace DistSeq2Seq.Model.Data.Tokenizers;

/// <summary>
/// Which tokenizer, with which choices. It is saved beside the vocabulary, so that a checkpoint can translate alone.
/// </summary>
public sealed record TokenizerOptions
{
    /// <summary>A name of <see cref="TokenizerFactory.Names"/>: <c>word</c> by default.</summary>
    public string Name { get; init; } = TokenizerFactory.Word;

    /// <summary>Whether text is put into lower case first. Default: false.</summary>
    public bool Lowercase { get; init; }

    /// <summary>Which Unicode normal form text is brought to before anything else. Default: none.</summary>
    public TextNormalization Normalization { get; init; }
}
