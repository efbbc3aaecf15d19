namespace DistSeq2Seq.Model.Data.Text;

/// <summary>Finds the name that a user probably meant.</summary>
internal static class Nearest
{
    /// <summary>
    /// The candidate with the smallest edit distance to <paramref name="wanted"/>, letter case ignored.
    /// </summary>
    /// <returns>Null when none is near: more than a third of the letters would have to change.</returns>
    public static string? To(string wanted, IEnumerable<string> candidates)
    {
        string? best = null;
        var limit = Math.Max(1, wanted.Length / 3) + 1;
        foreach (var candidate in candidates.Order(StringComparer.Ordinal))
        {
            var distance = Distance(wanted.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance < limit)
                (best, limit) = (candidate, distance);
        }
        return best;
    }

    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
