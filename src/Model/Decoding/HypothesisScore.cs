namespace DistSeq2Seq.Model.Decoding;

/// <summary>
/// The score by which finished hypotheses are compared (Wu et al. 2016, "Google's Neural Machine Translation System", equation 14):
/// s(Y, X) = log P(Y | X) / lp(Y) + cp(X; Y), with cp(X; Y) = β Σ_i log(min(Σ_j p_ij, 1)), p_ij being the attention that the j-th
/// target token pays to the i-th source token. Both sums run over all target tokens with the end and all source tokens without it.
/// </summary>
internal static class HypothesisScore
{
    // A source token without any attention must not make a score minus infinity: then all scores would be equally bad.
    private const double LeastCoverage = 1e-10;

    /// <summary>s of a hypothesis.</summary>
    /// <param name="logProbability">log P(Y | X), the end token's included.</param>
    /// <param name="length">Tokens, the end token included.</param>
    /// <param name="coverage">cp(X; Y), 0 or less.</param>
    /// <param name="options">Options with α.</param>
    public static double Of(double logProbability, int length, double coverage, DecodingOptions options) =>
        (logProbability / LengthPenalty.Of(length, options.LengthPenalty)) + coverage;

    /// <summary>cp of a hypothesis.</summary>
    /// <param name="attention">For each source token the attention paid to it, summed over the target.</param>
    /// <param name="beta">Strength, 0 or more.</param>
    public static double Coverage(ReadOnlySpan<float> attention, double beta)
    {
        var sum = 0.0;
        foreach (var paid in attention)
            sum += Math.Log(Math.Clamp(paid, LeastCoverage, 1));
        return beta * sum;
    }
}
