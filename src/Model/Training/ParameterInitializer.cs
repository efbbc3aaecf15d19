using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Nn.Attention;

namespace DistSeq2Seq.Model.Training;

/// <summary>Initial values of the parameters: a function of configuration and seed alone.</summary>
internal static class ParameterInitializer
{
    /// <summary>Keeps this stream apart from dropout's: no step has this number.</summary>
    private const ulong InitialStep = ulong.MaxValue;

    /// <summary>Fills all parameters as a run's configuration says.</summary>
    /// <param name="values">[P].</param>
    /// <param name="layout">Their names and places.</param>
    /// <param name="model">Kind of initialization, sizes and forget bias.</param>
    /// <param name="seed">The run's seed.</param>
    public static void Fill(Span<float> values, TensorLayout layout, ModelConfiguration model, long seed)
    {
        var xavier = model.Initialization == InitializationKind.Xavier;
        Uniform(values, xavier ? 1 : model.InitScale, seed);
        foreach (var tensor in layout.Tensors)
        {
            var part = values.Slice((int)tensor.Offset, (int)tensor.Count);
            if (xavier)
                Scale(part, XavierBound(tensor, model));
            if (tensor.Name == "decoder.attention.gain")
            {
                part[0] = model.Attention switch
                {
                    AttentionKind.NormedAdditive => NormedAdditiveAttention.InitialGain(model.Decoder.HiddenSize),
                    AttentionKind.ScaledGeneral => ScaledGeneralAttention.InitialGain,
                    _ => throw new ArgumentOutOfRangeException(nameof(model), model.Attention,
                        "has a gain, but nothing says what it begins with"),
                };
            }
            else if (tensor.Name == "decoder.attention.key.bias")
                part.Clear();
            else if (model.Cell == CellKind.Lstm && IsInputBias(tensor))
                Add(part.Slice(part.Length / 4, part.Length / 4), (float)model.ForgetBias); // rows: input, forget, cell, output
        }
    }

    /// <summary>Fills <paramref name="parameters"/> in order, uniform in [-scale, scale].</summary>
    public static void Uniform(Span<float> parameters, double scale, long seed)
    {
        var stream = SeedMixer.Mix(SeedMixer.Finalize((ulong)seed), InitialStep);
        for (var i = 0; i < parameters.Length; i++)
        {
            var bits = SeedMixer.Mix(stream, (ulong)i);
            // The top 24 bits are a float32's precision: u in [0, 1).
            var uniform = (bits >> 40) * (1.0 / (1 << 24));
            parameters[i] = (float)(((2 * uniform) - 1) * scale);
        }
    }

    /// <summary>
    /// Half the width of the interval of a tensor's initial values. For a matrix it is √(6 / (inputs + outputs)) (Glorot and Bengio 2010,
    /// equation 16), where each gate of a cell is a matrix of its own; for biases 0; for word embeddings init_scale, as without Xavier,
    /// since each of their rows is an input.
    /// </summary>
    private static double XavierBound(TensorSlice tensor, ModelConfiguration model)
    {
        if (tensor.Shape.Count < 2)
            return 0;
        if (tensor.Name.EndsWith("embedding.weight", StringComparison.Ordinal))
            return model.InitScale;
        var gates = !tensor.Name.Contains(".rnn.", StringComparison.Ordinal) ? 1 : model.Cell == CellKind.Lstm ? 4 : 3;
        return Math.Sqrt(6.0 / (tensor.Shape[1] + (tensor.Shape[0] / gates)));
    }

    private static bool IsInputBias(TensorSlice tensor) => tensor.Name.Contains(".rnn.bias_ih_l", StringComparison.Ordinal);

    private static void Scale(Span<float> values, double factor)
    {
        foreach (ref var value in values)
            value = (float)(value * factor);
    }

    private static void Add(Span<float> values, float addend)
    {
        foreach (ref var value in values)
            value += addend;
    }
}
