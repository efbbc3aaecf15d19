namespace DistSeq2Seq.Model.Data.Tokenizers;

/// <summary>
/// Splits sentences into the tokens that a vocabulary counts, and joins tokens to sentences. Implementations are
/// immutable and may be used from several threads at once; a <see cref="TokenBuffer"/> belongs to one thread.
/// </summary>
public interface ITokenizer
{
    /// <summary>The options from which <see cref="TokenizerFactory.Create"/> makes the same tokenizer.</summary>
    TokenizerOptions Options { get; }

    /// <summary>
    /// Puts the sentence's tokens into <paramref name="tokens"/>, which is cleared first. No token is empty or holds
    /// white space.
    /// </summary>
    void Tokenize(ReadOnlySpan<char> sentence, TokenBuffer tokens);

    /// <summary>Joins tokens to a sentence. Any sequence is allowed, for example a model's output.</summary>
    string Detokenize(IReadOnlyList<string> tokens);
}

/// <summary>Tokenizing without a buffer, where speed does not matter.</summary>
public static class TokenizerExtensions
{
    /// <summary>The sentence's tokens.</summary>
    public static string[] Tokenize(this ITokenizer tokenizer, string sentence)
    {
        var tokens = new TokenBuffer();
        tokenizer.Tokenize(sentence.AsSpan(), tokens);
        return tokens.ToArray();
    }
}
