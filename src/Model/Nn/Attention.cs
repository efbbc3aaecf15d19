using DistSeq2Seq.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DistSeq2Seq.Model.Nn;

/// <summary>
/// Global attention over the source for all decoder steps at once, and the attentional state made of it (Luong et al. 2015,
/// equations 5 to 8; additive scores after Bahdanau et al. 2015). <see cref="AttentionKind"/> has the scores.
/// </summary>
internal sealed class Attention : nn.Module
{
    private readonly AttentionKind _kind;
    private readonly Parameter? _gain;
    private readonly Projection? _score;
    private readonly Projection? _query;
    private readonly Projection? _key;
    private readonly Projection? _vector;
    private readonly Projection _combine;

    /// <param name="kind">How a decoder state is scored against an encoder state; not <see cref="AttentionKind.None"/>.</param>
    /// <param name="encoderSize">Width of the encoder's output, E.</param>
    /// <param name="decoderSize">Width of the decoder's output, H.</param>
    public Attention(AttentionKind kind, int encoderSize, int decoderSize)
        : base(nameof(Attention))
    {
        _kind = kind;
        if (kind is AttentionKind.ScaledGeneral or AttentionKind.NormedAdditive)
            register_parameter("gain", _gain = new Parameter(ones(1)));
        if (kind is AttentionKind.General or AttentionKind.ScaledGeneral)
            register_module("score", _score = new Projection(encoderSize, decoderSize, bias: false));
        if (IsAdditive)
        {
            register_module("query", _query = new Projection(decoderSize, decoderSize, bias: false));
            register_module("key", _key = new Projection(encoderSize, decoderSize, bias: kind == AttentionKind.NormedAdditive));
            register_module("vector", _vector = new Projection(decoderSize, 1, bias: false));
        }

        register_module("combine", _combine = new Projection(encoderSize + decoderSize, decoderSize, bias: false));
    }

    private bool IsAdditive => _kind is AttentionKind.Additive or AttentionKind.NormedAdditive;

    /// <summary>Packs the weights that decoding steps use.</summary>
    public void PackInto(PackedWeights weights)
    {
        _query?.PackInto(weights);
        _combine.PackInto(weights);
    }

    /// <summary>What of the source can be computed once for all decoder steps.</summary>
    /// <param name="encoded">[S, B, E].</param>
    /// <param name="padding">[B, S], true where the source has ended.</param>
    public AttentionMemory Prepare(Tensor encoded, Tensor padding)
    {
        var values = encoded.transpose(0, 1); // [B, S, E]
        var keys = _kind switch
        {
            AttentionKind.Dot => values,
            AttentionKind.ScaledDot => values.Times(1 / Math.Sqrt(encoded.shape[2])),
            AttentionKind.General => _score!.Forward(encoded).transpose(0, 1), // [B, S, H]
            AttentionKind.ScaledGeneral => (_score!.Forward(encoded) * _gain!).transpose(0, 1), // [B, S, H]
            _ => _key!.Forward(encoded).transpose(0, 1), // [B, S, H]
        };
        return new AttentionMemory(keys, values, padding);
    }

    /// <summary>Looks at the source from every decoder step.</summary>
    /// <param name="states">Decoder output, [T, B, H].</param>
    /// <param name="memory">The source.</param>
    /// <returns>Attentional states [T, B, H] and weights [B, T, S].</returns>
    public (Tensor States, Tensor Weights) Forward(Tensor states, AttentionMemory memory)
    {
        var scores = (IsAdditive
            ? AdditiveScores(_query!.Forward(states), memory.Keys)
            : bmm(states.transpose(0, 1), memory.Keys.transpose(1, 2)))
            .Hide(memory.Padding.unsqueeze(1)); // [B, T, S]
        var weights = nn.functional.softmax(scores, -1);
        var context = bmm(weights, memory.Values).transpose(0, 1); // [T, B, E]
        var both = cat([context, states], -1); // [T, B, E + H]
        return (_combine.Forward(both).tanh(), weights);
    }

    /// <summary>What a kernel needs that runs this attention itself.</summary>
    public AttentionParts PartsFor(AttentionMemory memory) =>
        new(memory, _query?.Weight, IsAdditive ? ScoreVector() : null, _combine.Weight);

    /// <summary>v · tanh(query + key) for queries [T, B, H] and keys [B, S, H]: [B, T, S].</summary>
    private Tensor AdditiveScores(Tensor queries, Tensor keys)
    {
        var vector = ScoreVector(); // [H]
        if (FusedKernels.Supports(queries))
            return FusedKernels.AdditiveScores(queries, keys.transpose(0, 1), vector);

        var sum = queries.transpose(0, 1).unsqueeze(2).Plus(keys.unsqueeze(1)); // [B, T, S, H]
        var shape = sum.shape;
        return mm(sum.tanh().reshape(-1, shape[3]), vector.unsqueeze(1)).view(shape[..3]);
    }

    /// <summary>v, or g v/‖v‖. [H]</summary>
    private Tensor ScoreVector()
    {
        var vector = _vector!.Weight.view(-1);
        return _kind == AttentionKind.NormedAdditive ? vector * (_gain! / vector.Squared().sum().sqrt()) : vector;
    }
}

/// <summary>The source side of an attention.</summary>
/// <param name="Keys">What scores are taken against, [B, S, H] or [B, S, E].</param>
/// <param name="Values">What is averaged, [B, S, E].</param>
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
