namespace DistSeq2Seq.Model.Checkpoints.Folders;

/// <summary>Chooses the checkpoints to keep.</summary>
internal static class Retention
{
    /// <summary>
    /// The last <paramref name="keepLast"/> intact checkpoints, and the <paramref name="keepBest"/> with the best validation
    /// (<see cref="CheckpointState.ValidationRankHere"/>) among those that were validated at their step. Of equal ones, the earlier step
    /// is better.
    /// </summary>
    /// <param name="checkpoints">All checkpoints, in any order.</param>
    /// <param name="keepLast">1 or more.</param>
    /// <param name="keepBest">0 or more.</param>
    /// <returns>The steps to keep.</returns>
    public static IReadOnlySet<long> Choose(IEnumerable<CheckpointInfo> checkpoints, int keepLast, int keepBest)
    {
        CheckpointInfo[] intact = [.. checkpoints.Where(info => info.IsIntact).OrderBy(info => info.Step)];
        var last = intact.TakeLast(keepLast).Select(info => info.Step);
        var best = intact
            .Select(info => (info.Step, Rank: info.State?.ValidationRankHere()))
            .Where(candidate => candidate.Rank is not null)
            .OrderBy(candidate => candidate.Rank)
            .ThenBy(candidate => candidate.Step)
            .Take(keepBest)
            .Select(candidate => candidate.Step);
        return new HashSet<long>(last.Concat(best));
    }
}
