using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Attention;

/// <summary>The source side of an attention.</summary>
/// <param name="Keys">The keys that decoder states are scored against, [B, S, H] or [B, S, E].</param>
/// <param name="Values">The values that the weights average, [B, S, E].</param>
/// <param name="Padding">[B, S], true where the source has ended.</param>
internal readonly record struct AttentionMemory(Tensor Keys, Tensor Values, Tensor Padding)
{
    /// <summary>The given sources, in the given order.</summary>
    /// <param name="sources">Indices into B.</param>
    public AttentionMemory Select(Tensor sources)
    {
        var values = Values.index_select(0, sources);
        var keys = ReferenceEquals(Keys, Values) ? values : Keys.index_select(0, sources);
        return new AttentionMemory(keys, values, Padding.index_select(0, sources));
    }
}
