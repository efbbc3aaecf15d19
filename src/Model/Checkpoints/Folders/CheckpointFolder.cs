using System.Globalization;

namespace DistSeq2Seq.Model.Checkpoints.Folders;

/// <summary>Names of the folders in <c>checkpoints/</c>.</summary>
internal static class CheckpointFolder
{
    /// <summary>Largest number of nine digits. Folder names have nine digits, so that they sort by step.</summary>
    public const long MaximumStep = 999_999_999;

    /// <summary>What the names of checkpoints that are being written begin with.</summary>
    public const string StagingPrefix = ".tmp-";

    private const string StepPrefix = "step-";
    private const string TrashPrefix = ".trash-";

    public static string Name(long step) => StepPrefix + step.ToString("D9", CultureInfo.InvariantCulture);

    public static string NewStagingName(long step) => $"{StagingPrefix}{Guid.NewGuid():N}-{Name(step)}";

    public static string NewTrashName(string name) => $"{TrashPrefix}{Guid.NewGuid():N}-{name.TrimStart('.')}";

    public static bool IsTrash(string name) => name.StartsWith(TrashPrefix, StringComparison.Ordinal);

    /// <summary>The step of a finished checkpoint's folder; null for any other name.</summary>
    public static long? StepOf(string name) =>
        name.StartsWith(StepPrefix, StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(StepPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
        && name == Name(step) ? step : null;
}
