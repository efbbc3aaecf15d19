using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Attention;

/// <summary>An attention whose scores are products of state and key. The kinds differ in their keys.</summary>
/// <param name="encoderSize">Width of the encoder's output, E.</param>
/// <param name="decoderSize">Width of the decoder's output, H.</param>
/// <param name="parts">The maps that make the keys, as <see cref="AttentionLayer"/> takes them.</param>
internal abstract class ProductAttention(int encoderSize, int decoderSize, params (string Name, Projection Part)[] parts)
    : AttentionLayer(encoderSize, decoderSize, parts)
{
    /// <inheritdoc/>
    protected sealed override Tensor Scores(Tensor states, Tensor keys) => bmm(states.transpose(0, 1), keys.transpose(1, 2));

    /// <inheritdoc/>
    protected sealed override KernelScores? ScoresOfKernel() => new KernelScores.Products();
}
