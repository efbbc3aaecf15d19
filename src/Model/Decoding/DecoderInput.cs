namespace DistSeq2Seq.Model.Decoding;

/// <summary>A sentence to translate.</summary>
/// <param name="Tokens">Source ids without the end token, at least one.</param>
/// <param name="Prefix">Target ids that every translation begins with; may be empty.</param>
/// <param name="Seed">Seed of random samples.</param>
internal sealed record DecoderInput(int[] Tokens, int[] Prefix, ulong Seed)
{
    /// <summary>A sentence without a prefix.</summary>
    public DecoderInput(int[] tokens)
        : this(tokens, [], 0)
    {
    }
}
