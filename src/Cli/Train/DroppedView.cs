using System.Globalization;
using DistSeq2Seq.Model.Data.Corpus;

namespace DistSeq2Seq.Cli.Train;

/// <summary>How many pairs of each split were left out while preparing, and why.</summary>
internal static class DroppedView
{
    /// <summary>A line for each split that lost some.</summary>
    public static IEnumerable<string> Lines(PreparedManifest manifest) => manifest.Splits.Where(split => split.Kept < split.Read)
        .Select(split =>
        string.Create(CultureInfo.InvariantCulture, $"  {split.Name}: dropped {split.Read - split.Kept:N0} of {split.Read:N0} "
            + $"pairs: {split.DroppedEmpty:N0} with an empty side, ")
        + string.Create(CultureInfo.InvariantCulture,
            $"{split.DroppedSourceTooLong:N0} with too long a source, {split.DroppedTargetTooLong:N0} with too long a target, ")
        + string.Create(CultureInfo.InvariantCulture, $"{split.DroppedUnbalanced:N0} with sides too different in length"));
}
