namespace DistSeq2Seq.Model.Evaluation;

/// <summary>Checks that scores share.</summary>
internal static class Segments
{
    /// <summary>Throws unless both lists have the same length.</summary>
    public static void RequireSameCount<T>(IReadOnlyList<T> hypotheses, IReadOnlyList<T> references)
    {
        ArgumentNullException.ThrowIfNull(hypotheses);
        ArgumentNullException.ThrowIfNull(references);
        if (hypotheses.Count != references.Count)
        {
            throw new ArgumentException(
                $"{hypotheses.Count} hypotheses but {references.Count} references: each hypothesis needs the reference of "
                + "the same position. Check that both files come from the same input and that no line is missing.",
                nameof(references));
        }
    }
}
