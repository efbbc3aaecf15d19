namespace DistSeq2Seq.Model.Nn.Stepping;

/// <summary>
/// The likeliest next tokens of every hypothesis in a batch; row k × B + b is hypothesis k of sentence b.
/// </summary>
/// <param name="Sentences">B.</param>
/// <param name="PerRow">M: candidates of each row, the likeliest first.</param>
/// <param name="LogProbabilities">[K·B, M].</param>
/// <param name="Tokens">[K·B, M].</param>
/// <param name="EndLogProbabilities">[K·B], of the end token.</param>
internal readonly record struct StepCandidates(
    int Sentences, int PerRow, float[] LogProbabilities, long[] Tokens, float[] EndLogProbabilities)
{
    /// <summary>[K·B], of each row's forced token; null if no token was forced.</summary>
    public float[]? ForcedLogProbabilities { get; init; }

    /// <summary>[K·B, S], the attention of this step; null where it was not asked for.</summary>
    public float[]? Weights { get; init; }

    public int Token(int live, int sentence, int rank) => (int)Tokens[(Row(live, sentence) * PerRow) + rank];

    public double LogProbability(int live, int sentence, int rank) => LogProbabilities[(Row(live, sentence) * PerRow) + rank];

    public double EndLogProbability(int live, int sentence) => EndLogProbabilities[Row(live, sentence)];

    public double ForcedLogProbability(int live, int sentence) => ForcedLogProbabilities![Row(live, sentence)];

    /// <summary>[S], the weights of a hypothesis' attention; those behind the sentence's end are 0.</summary>
    public ReadOnlySpan<float> Attention(int live, int sentence)
    {
        var positions = Weights!.Length / EndLogProbabilities.Length;
        return Weights.AsSpan(Row(live, sentence) * positions, positions);
    }

    private int Row(int live, int sentence) => (live * Sentences) + sentence;
}
