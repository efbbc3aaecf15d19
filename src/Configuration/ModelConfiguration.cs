namespace DistSeq2Seq.Configuration;

/// <summary>How the decoder attends to the source.</summary>
public enum AttentionKind
{
    /// <summary>No attention: the decoder gets only the encoder's final state (Sutskever et al. 2014).</summary>
    None,

    /// <summary>Score h·s (Luong et al. 2015, eq. 8, "dot").</summary>
    Dot,

    /// <summary>Score h·W·s (Luong et al. 2015, eq. 8, "general").</summary>
    General,

    /// <summary>Score v·tanh(W h + U s) (Bahdanau et al. 2015).</summary>
    Additive,

    /// <summary>Score h·s / √H (Vaswani et al. 2017, eq. 1).</summary>
    ScaledDot,

    /// <summary>Score g h·W·s with a learned factor g ("scaled Luong" of tensorflow/nmt).</summary>
    ScaledGeneral,

    /// <summary>
    /// Score g v/‖v‖·tanh(W h + U s + b) with a learned gain g ("normed Bahdanau" of tensorflow/nmt; weight normalization of
    /// Salimans and Kingma 2016, eq. 2).
    /// </summary>
    NormedAdditive,
}

/// <summary>The recurrent cell of encoder and decoder.</summary>
public enum CellKind
{
    /// <summary>Long short-term memory (Hochreiter and Schmidhuber 1997), with forget gate.</summary>
    Lstm,

    /// <summary>Gated recurrent unit (Cho et al. 2014); the reset gate acts after the matrix product, as in cuDNN and PyTorch.</summary>
    Gru,
}

/// <summary>Which word matrices share their weights (Press and Wolf 2017).</summary>
public enum TiedEmbeddings
{
    /// <summary>None.</summary>
    None,

    /// <summary>The decoder's embedding and the output layer.</summary>
    Decoder,

    /// <summary>The encoder's embedding too; both sides need a shared vocabulary.</summary>
    All,
}

/// <summary>How initial weights are drawn.</summary>
public enum InitializationKind
{
    /// <summary>Uniform in [-init_scale, init_scale].</summary>
    Uniform,

    /// <summary>Matrices uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010, eq. 16).</summary>
    Xavier,
}

/// <summary>The network.</summary>
public sealed record ModelConfiguration
{
    /// <summary>Width of the word embeddings.</summary>
    [Setting("Width of the word embeddings.", Min = 1, Max = 65536)]
    public int EmbeddingSize { get; init; } = 256;

    /// <summary>The recurrent cell.</summary>
    [Setting("Recurrent cell of encoder and decoder: lstm or gru.")]
    public CellKind Cell { get; init; } = CellKind.Lstm;

    /// <summary>Encoder.</summary>
    [Setting("Encoder.")]
    public EncoderConfiguration Encoder { get; init; } = new();

    /// <summary>Decoder.</summary>
    [Setting("Decoder.")]
    public DecoderConfiguration Decoder { get; init; } = new();

    /// <summary>How the decoder attends to the source.</summary>
    [Setting("none (the final state only), dot, general (Luong et al. 2015), additive (Bahdanau et al. 2015), scaled_dot (divided by the "
        + "root of the size, Vaswani et al. 2017), scaled_general (a learned factor) or normed_additive (v normalized, with a "
        + "learned gain, and a bias).")]
    public AttentionKind Attention { get; init; } = AttentionKind.General;

    /// <summary>Whether the attentional state is part of the next step's input.</summary>
    [Setting("Input feeding (Luong et al. 2015, section 3.3): the attentional state is part of the next step's input. Needs attention; "
        + "costs speed, since decoder steps then wait for each other.")]
    public bool InputFeeding { get; init; }

    /// <summary>Whether layers have residual connections.</summary>
    [Setting("Residual connections: from the second layer on, what goes into a layer is added to what comes out (Wu et al. 2016, "
        + "section 3.1).")]
    public bool Residual { get; init; }

    /// <summary>Whether the encoder reads the source from its end.</summary>
    [Setting("Reverse the words of each source sentence, the end mark stays last (Sutskever et al. 2014, section 3.3).")]
    public bool ReverseSource { get; init; }

    /// <summary>Which word matrices share their weights.</summary>
    [Setting("none, decoder (one matrix for the decoder's embedding and the output layer; needs embedding_size equal to "
        + "decoder.hidden_size) or all (the encoder's embedding too; needs data.shared_vocabulary) (Press and Wolf 2017).")]
    public TiedEmbeddings TiedEmbeddings { get; init; } = TiedEmbeddings.None;

    /// <summary>Dropout probability.</summary>
    [Setting("Probability of dropping an activation: after embeddings, between layers, before the output layer.", Min = 0, Max = 0.99)]
    public double Dropout { get; init; } = 0.2;

    /// <summary>Whether the same units are dropped at every time step.</summary>
    [Setting("Variational dropout (Gal and Ghahramani 2016): the same units of a sentence are dropped at every time step.")]
    public bool VariationalDropout { get; init; }

    /// <summary>How initial weights are drawn.</summary>
    [Setting("uniform (every weight in [-init_scale, init_scale]) or xavier (matrices in ±sqrt(6 / (inputs + outputs)), each gate by "
        + "itself, biases 0; embeddings as in uniform) (Glorot and Bengio 2010).")]
    public InitializationKind Initialization { get; init; } = InitializationKind.Uniform;

    /// <summary>Half the width of the interval of uniform initial weights.</summary>
    [Setting("Weights start uniform in [-x, x].", Min = 0, Max = 10)]
    public double InitScale { get; init; } = 0.1;

    /// <summary>Number added to the initial biases of the forget gates.</summary>
    [Setting("cell lstm: added to the first value of the forget gates' biases; 1 makes cells remember at first (Jozefowicz et al. 2015).",
        Min = -10, Max = 10)]
    public double ForgetBias { get; init; }
}

/// <summary>The encoder.</summary>
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

/// <summary>The decoder.</summary>
public sealed record DecoderConfiguration
{
    /// <summary>Stacked layers.</summary>
    [Setting("Stacked layers.", Min = 1, Max = 64)]
    public int Layers { get; init; } = 1;

    /// <summary>Units of each layer.</summary>
    [Setting("Units of each layer.", Min = 1, Max = 65536)]
    public int HiddenSize { get; init; } = 256;
}
