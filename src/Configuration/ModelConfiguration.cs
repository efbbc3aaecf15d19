namespace DistSeq2Seq.Configuration;

/// <summary>How the decoder looks at the source.</summary>
public enum AttentionKind
{
    /// <summary>Not at all: the encoder's final state is all it gets (Sutskever et al. 2014).</summary>
    None,

    /// <summary>Score h·s (Luong et al. 2015, eq. 8, "dot").</summary>
    Dot,

    /// <summary>Score h·W·s (Luong et al. 2015, eq. 8, "general").</summary>
    General,

    /// <summary>Score v·tanh(W h + U s) (Bahdanau et al. 2015).</summary>
    Additive,
}

/// <summary>The network.</summary>
public sealed record ModelConfiguration
{
    /// <summary>Width of the word embeddings.</summary>
    [Setting("Width of the word embeddings.", Min = 1, Max = 65536)]
    public int EmbeddingSize { get; init; } = 256;

    /// <summary>Encoder.</summary>
    [Setting("LSTM encoder.")]
    public EncoderConfiguration Encoder { get; init; } = new();

    /// <summary>Decoder.</summary>
    [Setting("LSTM decoder.")]
    public DecoderConfiguration Decoder { get; init; } = new();

    /// <summary>How the decoder looks at the source.</summary>
    [Setting("none (the final state only), dot, general (Luong et al. 2015) or additive (Bahdanau et al. 2015).")]
    public AttentionKind Attention { get; init; } = AttentionKind.General;

    /// <summary>Dropout probability.</summary>
    [Setting("Probability of dropping an activation: after embeddings, between layers, before the output layer.", Min = 0, Max = 0.99)]
    public double Dropout { get; init; } = 0.2;

    /// <summary>Half width of the uniform initialisation.</summary>
    [Setting("Weights start uniform in [-x, x].", Min = 0, Max = 10)]
    public double InitScale { get; init; } = 0.1;
}

/// <summary>The LSTM encoder.</summary>
public sealed record EncoderConfiguration
{
    /// <summary>Stacked layers.</summary>
    [Setting("Stacked layers.", Min = 1, Max = 64)]
    public int Layers { get; init; } = 1;

    /// <summary>Units of each layer and direction.</summary>
    [Setting("Units of each layer, in each direction.", Min = 1, Max = 65536)]
    public int HiddenSize { get; init; } = 256;

    /// <summary>Whether each layer reads in both directions.</summary>
    [Setting("Read in both directions.")]
    public bool Bidirectional { get; init; } = true;
}

/// <summary>The LSTM decoder.</summary>
public sealed record DecoderConfiguration
{
    /// <summary>Stacked layers.</summary>
    [Setting("Stacked layers.", Min = 1, Max = 64)]
    public int Layers { get; init; } = 1;

    /// <summary>Units of each layer.</summary>
    [Setting("Units of each layer.", Min = 1, Max = 65536)]
    public int HiddenSize { get; init; } = 256;
}
