using DistSeq2Seq.Model.Data.Normalization;

namespace DistSeq2Seq.Model.Data.Tokenizers;

/// <summary>Brings text to a Unicode normal form before another tokenizer splits it.</summary>
internal sealed class NormalizingTokenizer(ITokenizer inner, TokenizerOptions options) : ITokenizer
{
    public TokenizerOptions Options { get; } = options;

    public void Tokenize(ReadOnlySpan<char> sentence, TokenBuffer tokens) =>
        inner.Tokenize(UnicodeNormalizer.Normalize(sentence, Options.Normalization), tokens);

    public string Detokenize(IReadOnlyList<string> tokens) => inner.Detokenize(tokens);
}
