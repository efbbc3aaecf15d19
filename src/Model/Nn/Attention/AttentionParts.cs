using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Attention;

/// <summary>The parts of an attention, for a kernel that runs it within a loop over time.</summary>
/// <param name="Memory">The source.</param>
/// <param name="Scores">How the kernel computes scores.</param>
/// <param name="Combine">[H, E + H].</param>
internal readonly record struct AttentionParts(AttentionMemory Memory, KernelScores Scores, Tensor Combine);
