using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Attention;

/// <summary>Score h·W·s (Luong et al. 2015, equation 8, "general").</summary>
internal class GeneralAttention : ProductAttention
{
    private readonly Projection _score;

    /// <param name="encoderSize">E.</param>
    /// <param name="decoderSize">H.</param>
    public GeneralAttention(int encoderSize, int decoderSize)
        : this(new Projection(encoderSize, decoderSize, bias: false), encoderSize, decoderSize)
    {
    }

    private GeneralAttention(Projection score, int encoderSize, int decoderSize)
        : base(encoderSize, decoderSize, ("score", score)) => _score = score;

    /// <inheritdoc/>
    protected override Tensor Keys(Tensor encoded, Tensor values) => Mapped(encoded).transpose(0, 1);

    /// <summary>W·s. [S, B, H]</summary>
    protected virtual Tensor Mapped(Tensor encoded) => _score.Forward(encoded);
}

/// <summary>Score g h·W·s with a learned factor g ("scaled Luong" of tensorflow/nmt).</summary>
internal sealed class ScaledGeneralAttention : GeneralAttention
{
    /// <summary>Initial value of g.</summary>
    public const float InitialGain = 1;

    private readonly Parameter _gain;

    /// <param name="encoderSize">E.</param>
    /// <param name="decoderSize">H.</param>
    public ScaledGeneralAttention(int encoderSize, int decoderSize)
        : base(encoderSize, decoderSize) => register_parameter("gain", _gain = new Parameter(ones(1)));

    /// <inheritdoc/>
    protected override Tensor Mapped(Tensor encoded) => base.Mapped(encoded) * _gain;
}
