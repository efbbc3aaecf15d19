namespace DistSeq2Seq.Model.Evaluation;

/// <summary>Accuracies of sequences and of labels, each between 0 and 1.</summary>
public static class Accuracy
{
    /// <summary>The share of hypotheses that equal their reference, character by character; 0 for empty lists.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static double ExactMatch(IReadOnlyList<string> hypotheses, IReadOnlyList<string> references)
    {
        Segments.RequireSameCount(hypotheses, references);
        var right = 0;
        for (var i = 0; i < hypotheses.Count; i++)
        {
            if (string.Equals(hypotheses[i], references[i], StringComparison.Ordinal))
                right++;
        }
        return Share(right, hypotheses.Count);
    }

    /// <summary>
    /// The share of positions that hold the same token. A position that only one of two sequences has counts as wrong, so
    /// that output which is too long or too short gains nothing. 0 when there are no tokens.
    /// </summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static double Tokens<T>(IReadOnlyList<IReadOnlyList<T>> hypotheses, IReadOnlyList<IReadOnlyList<T>> references)
    {
        Segments.RequireSameCount(hypotheses, references);
        long right = 0, positions = 0;
        for (var i = 0; i < hypotheses.Count; i++)
        {
            var common = Math.Min(hypotheses[i].Count, references[i].Count);
            positions += Math.Max(hypotheses[i].Count, references[i].Count);
            for (var t = 0; t < common; t++)
            {
                if (EqualityComparer<T>.Default.Equals(hypotheses[i][t], references[i][t]))
                    right++;
            }
        }
        return Share(right, positions);
    }

    /// <summary>Token accuracy of texts, whose tokens white space separates.</summary>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public static double Tokens(IReadOnlyList<string> hypotheses, IReadOnlyList<string> references)
    {
        Segments.RequireSameCount(hypotheses, references);
        return Tokens<string>([.. hypotheses.Select(PythonText.Split)], [.. references.Select(PythonText.Split)]);
    }

    internal static double Share(long part, long whole) => whole == 0 ? 0.0 : (double)part / whole;
}
