using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Bench;

/// <summary>The case that both sides run: 2+2 LSTM layers of 512 with general attention, 64 sentences a worker.</summary>
internal static class ReferenceCase
{
    /// <summary>Sentences a worker takes each step.</summary>
    public const int Sentences = 64;

    /// <summary>Positions of every source and target, end mark included.</summary>
    public const int Length = 24;

    /// <summary>Positions of a target with Multi30k's lengths, end mark included, rounded up from the average.</summary>
    public const int CaptionLength = 16;

    /// <summary>Tokens of each side, the special ones included.</summary>
    public const int Vocabulary = 8000;

    /// <summary>Units of a layer.</summary>
    public const int Hidden = 512;

    /// <summary>Width of the embeddings.</summary>
    private const int Embedding = 256;

    /// <summary>
    /// Floating-point operations of one worker's step in matrix products, in units of 10⁹: 112.8, of which the four LSTM layers 67.6, the
    /// output layer 37.7 and the attention 7.5. Backward takes twice as many as forward.
    /// </summary>
    public static double Gigaflops
    {
        get
        {
            const double Rows = Sentences * Length;
            const double Lstm = 2 * (4 * Hidden) * ((Embedding + Hidden) + (Hidden + Hidden)); // a token of one side, two layers
            // general score, combination, scores and contexts
            const double Attention = Hidden * (Hidden + (2 * Hidden)) + (2 * Length * Hidden);
            return 3 * 2e-9 * Rows * (Lstm + Attention + ((double)Hidden * Vocabulary));
        }
    }

    /// <summary>Elements of the buffer that the all-reduce sums: 65 MB, about this model's gradient.</summary>
    public const int ExchangeElements = 16_250_000;

    /// <summary>The run, for a number of workers with one micro-batch each.</summary>
    /// <param name="workers">At least 1.</param>
    /// <param name="length">Target positions of a sentence on average.</param>
    /// <param name="inputFeeding">Whether decoder steps wait for each other.</param>
    public static RunConfiguration Configuration(int workers, int length = Length, bool inputFeeding = false) => new()
    {
        Model = new()
        {
            EmbeddingSize = Embedding,
            Encoder = new() { Layers = 2, HiddenSize = Hidden, Bidirectional = false },
            Decoder = new() { Layers = 2, HiddenSize = Hidden },
            Attention = AttentionKind.General,
            InputFeeding = inputFeeding,
            Dropout = 0.2,
        },
        Training = new() { BatchTokens = (long)workers * Sentences * length, MicroBatches = workers, ClipNorm = 1.0 },
        Cluster = new() { Workers = new() { Min = workers, Max = workers }, Ports = new() { Akka = 0, Grpc = 0, Http = 0 } },
    };
}
