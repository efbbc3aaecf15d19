namespace DistSeq2Seq.Model.Decoding;

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
    public int Token(int live, int sentence, int rank) => (int)Tokens[(Row(live, sentence) * PerRow) + rank];

    public double LogProbability(int live, int sentence, int rank) => LogProbabilities[(Row(live, sentence) * PerRow) + rank];

    public double EndLogProbability(int live, int sentence) => EndLogProbabilities[Row(live, sentence)];

    private int Row(int live, int sentence) => (live * Sentences) + sentence;
}
