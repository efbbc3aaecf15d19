using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Attention;

/// <summary>Score v·tanh(W h + U s) (Bahdanau et al. 2015).</summary>
internal class AdditiveAttention : AttentionLayer
{
    private readonly Projection _query;
    private readonly Projection _key;
    private readonly Projection _vector;

    /// <param name="encoderSize">E.</param>
    /// <param name="decoderSize">H.</param>
    /// <param name="keyBias">Whether U s has a bias.</param>
    public AdditiveAttention(int encoderSize, int decoderSize, bool keyBias = false)
        : this(new(decoderSize, decoderSize, bias: false), new(encoderSize, decoderSize, keyBias), new(decoderSize, 1, bias: false),
            encoderSize, decoderSize)
    {
    }

    private AdditiveAttention(Projection query, Projection key, Projection vector, int encoderSize, int decoderSize)
        : base(encoderSize, decoderSize, ("query", query), ("key", key), ("vector", vector)) => (_query, _key, _vector) =
        (query, key, vector);

    /// <inheritdoc/>
    public override void PackInto(PackedWeights weights)
    {
        _query.PackInto(weights);
        base.PackInto(weights);
    }

    /// <inheritdoc/>
    protected override Tensor Keys(Tensor encoded, Tensor values) => _key.Forward(encoded).transpose(0, 1);

    /// <inheritdoc/>
    protected sealed override Tensor Scores(Tensor states, Tensor keys)
    {
        var queries = _query.Forward(states); // [T, B, H]
        var vector = ScoreVector();
        if (FusedKernels.Supports(queries))
            return FusedKernels.AdditiveScores(queries, keys.transpose(0, 1), vector);

        var sum = queries.transpose(0, 1).unsqueeze(2).Plus(keys.unsqueeze(1)); // [B, T, S, H]
        var shape = sum.shape;
        return mm(sum.tanh().reshape(-1, shape[3]), vector.unsqueeze(1)).view(shape[..3]);
    }

    /// <inheritdoc/>
    protected sealed override KernelScores? ScoresOfKernel() => new KernelScores.Additive(_query.Weight, ScoreVector());

    /// <summary>v. [H]</summary>
    protected virtual Tensor ScoreVector() => _vector.Weight.view(-1);
}

/// <summary>
/// Score g v/‖v‖·tanh(W h + U s + b) with a learned gain g ("normed Bahdanau" of tensorflow/nmt; weight normalization of
/// Salimans and Kingma 2016, equation 2).
/// </summary>
internal sealed class NormedAdditiveAttention : AdditiveAttention
{
    private readonly Parameter _gain;

    /// <param name="encoderSize">E.</param>
    /// <param name="decoderSize">H.</param>
    public NormedAdditiveAttention(int encoderSize, int decoderSize)
        : base(encoderSize, decoderSize, keyBias: true) => register_parameter("gain", _gain = new Parameter(ones(1)));

    /// <summary>Initial value of g: √(1 / H), as in tensorflow/nmt.</summary>
    public static float InitialGain(int decoderSize) => (float)Math.Sqrt(1.0 / decoderSize);

    /// <summary>g v/‖v‖. [H]</summary>
    protected override Tensor ScoreVector()
    {
        var vector = base.ScoreVector();
        return vector * (_gain / vector.Squared().sum().sqrt());
    }
}
