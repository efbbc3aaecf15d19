using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Attention;

/// <summary>What an attention is made of, for a kernel that runs it within a loop over time.</summary>
/// <param name="Memory">The source.</param>
/// <param name="Additive">What additive scores are computed with; null where scores are products of state and key.</param>
/// <param name="Combine">[H, E + H].</param>
internal readonly record struct AttentionParts(AttentionMemory Memory, AdditiveParts? Additive, Tensor Combine);

/// <summary>What additive scores v · tanh(W h + key) are computed with.</summary>
/// <param name="Query">W, [H, H].</param>
/// <param name="Vector">v, [H].</param>
internal readonly record struct AdditiveParts(Tensor Query, Tensor Vector);
