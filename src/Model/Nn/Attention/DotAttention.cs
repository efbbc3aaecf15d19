using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Attention;

/// <summary>Score h·s (Luong et al. 2015, equation 8, "dot").</summary>
internal class DotAttention : ProductAttention
{
    /// <param name="encoderSize">E.</param>
    /// <param name="decoderSize">H, the same.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public DotAttention(int encoderSize, int decoderSize)
        : base(encoderSize, decoderSize)
    {
        if (encoderSize != decoderSize)
            throw new ArgumentException($"a product of states needs equal sizes; the encoder's is {encoderSize}, the "
                + $"decoder's {decoderSize}", nameof(decoderSize));
    }

    /// <inheritdoc/>
    protected override Tensor Keys(Tensor encoded, Tensor values) => values;
}

/// <summary>Score h·s / √H (Vaswani et al. 2017, equation 1).</summary>
/// <param name="encoderSize">E.</param>
/// <param name="decoderSize">H, the same.</param>
internal sealed class ScaledDotAttention(int encoderSize, int decoderSize) : DotAttention(encoderSize, decoderSize)
{
    /// <inheritdoc/>
    protected override Tensor Keys(Tensor encoded, Tensor values) => values.Times(1 / Math.Sqrt(encoded.shape[2]));
}
