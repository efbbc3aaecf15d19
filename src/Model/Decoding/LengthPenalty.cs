namespace DistSeq2Seq.Model.Decoding;

/// <summary>
/// Makes hypotheses of different lengths comparable (Wu et al. 2016, "Google's Neural Machine Translation System", equation 14):
/// the score of a hypothesis Y is log P(Y | X) / lp(Y), lp(Y) = (5 + |Y|)^α / (5 + 1)^α.
/// </summary>
public static class LengthPenalty
{
    /// <summary>lp of a hypothesis.</summary>
    /// <param name="length">|Y|: tokens, the end token included.</param>
    /// <param name="alpha">Strength, 0 or more; 0 gives 1 for every length.</param>
    public static double Of(int length, double alpha) => Math.Pow((5.0 + length) / 6.0, alpha);
}
