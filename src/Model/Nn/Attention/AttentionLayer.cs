using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Nn.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn.Attention;

/// <summary>
/// Global attention over the source for all decoder steps at once, and the attentional state made of it (Luong et al. 2015,
/// equations 5 to 8). A derived class defines how a decoder state is scored against an encoder state.
/// </summary>
internal abstract class AttentionLayer : nn.Module
{
    private readonly Projection _combine;

    /// <param name="encoderSize">Width of the encoder's output, E.</param>
    /// <param name="decoderSize">Width of the decoder's output, H.</param>
    /// <param name="parts">The scores' own maps by their names. They are registered in this order, before the map that makes the
    /// attentional state: the order of the parameters in memory and in checkpoints.</param>
    protected AttentionLayer(int encoderSize, int decoderSize, params (string Name, Projection Part)[] parts)
        : base("Attention")
    {
        foreach (var (name, part) in parts)
            register_module(name, part);
        register_module("combine", _combine = new Projection(encoderSize + decoderSize, decoderSize, bias: false));
    }

    /// <summary>The attention that a configuration names.</summary>
    /// <param name="model">Kind and sizes.</param>
    /// <returns>Null for a model without attention.</returns>
    /// <exception cref="ArgumentException">There is no such kind, or the sizes do not fit it.</exception>
    public static AttentionLayer? Create(ModelConfiguration model)
    {
        var encoderSize = model.Encoder.HiddenSize * (model.Encoder.Bidirectional ? 2 : 1);
        var decoderSize = model.Decoder.HiddenSize;
        return model.Attention switch
        {
            AttentionKind.None => null,
            AttentionKind.Dot => new DotAttention(encoderSize, decoderSize),
            AttentionKind.ScaledDot => new ScaledDotAttention(encoderSize, decoderSize),
            AttentionKind.General => new GeneralAttention(encoderSize, decoderSize),
            AttentionKind.ScaledGeneral => new ScaledGeneralAttention(encoderSize, decoderSize),
            AttentionKind.Additive => new AdditiveAttention(encoderSize, decoderSize),
            AttentionKind.NormedAdditive => new NormedAdditiveAttention(encoderSize, decoderSize),
            _ => throw new ArgumentException($"no such attention: {model.Attention}; there "
                + $"are {string.Join(", ", Enum.GetNames<AttentionKind>())}", nameof(model)),
        };
    }

    /// <summary>Packs the weights that decoding steps use.</summary>
    public virtual void PackInto(PackedWeights weights) => _combine.PackInto(weights);

    /// <summary>Computes the source side once for all decoder steps.</summary>
    /// <param name="encoded">[S, B, E].</param>
    /// <param name="padding">[B, S], true where the source has ended.</param>
    public AttentionMemory Prepare(Tensor encoded, Tensor padding)
    {
        var values = encoded.transpose(0, 1); // [B, S, E]
        return new AttentionMemory(Keys(encoded, values), values, padding);
    }

    /// <summary>Attends to the source from every decoder step.</summary>
    /// <param name="states">Decoder output, [T, B, H].</param>
    /// <param name="memory">The source.</param>
    /// <returns>Attentional states [T, B, H] and weights [B, T, S].</returns>
    public (Tensor States, Tensor Weights) Forward(Tensor states, AttentionMemory memory)
    {
        var scores = Scores(states, memory.Keys).Hide(memory.Padding.unsqueeze(1)); // [B, T, S]
        var weights = nn.functional.softmax(scores, -1);
        var context = bmm(weights, memory.Values).transpose(0, 1); // [T, B, E]
        var both = cat([context, states], -1); // [T, B, E + H]
        return (_combine.Forward(both).tanh(), weights);
    }

    /// <summary>The parts for a kernel that runs this attention itself; null where no kernel computes its scores.</summary>
    public AttentionParts? PartsFor(AttentionMemory memory) =>
        ScoresOfKernel() is { } scores ? new AttentionParts(memory, scores, _combine.Weight) : null;

    /// <summary>The keys that decoder states are scored against.</summary>
    /// <param name="encoded">[S, B, E].</param>
    /// <param name="values">The same as [B, S, E].</param>
    /// <returns>[B, S, H].</returns>
    protected abstract Tensor Keys(Tensor encoded, Tensor values);

    /// <summary>The score of each place of the source for each decoder step.</summary>
    /// <param name="states">[T, B, H].</param>
    /// <param name="keys">[B, S, H].</param>
    /// <returns>[B, T, S].</returns>
    protected abstract Tensor Scores(Tensor states, Tensor keys);

    /// <summary>How a kernel computes the same scores; null where none does, and plain layers serve.</summary>
    protected virtual KernelScores? ScoresOfKernel() => null;
}
