using System.Globalization;

namespace DistSeq2Seq.Model.Checkpoints.Folders;

/// <summary>Names of the folders in <c>checkpoints/</c>.</summary>
internal static class CheckpointFolder
{
    /// <summary>Nine digits hold it, so that folders sort by step.</summary>
    public const long MaximumStep = 999_999_999;

    private const string StepPrefix = "step-";
    private const string TemporaryPrefix = ".tmp-";
    private const string TrashPrefix = ".trash-";
    private const string LockSuffix = ".lock";

    public static string Name(long step) => StepPrefix + step.ToString("D9", CultureInfo.InvariantCulture);

    public static string NewTemporaryName(long step) => $"{TemporaryPrefix}{Guid.NewGuid():N}-{Name(step)}";

    public static string NewTrashName(string name) => $"{TrashPrefix}{Guid.NewGuid():N}-{name.TrimStart('.')}";

    /// <summary>The file beside a temporary folder that its writer holds locked.</summary>
    public static string LockOf(string temporary) => temporary + LockSuffix;

    public static bool IsTrash(string name) => name.StartsWith(TrashPrefix, StringComparison.Ordinal);

    /// <summary>The temporary folder that a folder's or lock file's name belongs to; null for any other name.</summary>
    public static string? TemporaryOf(string name) => !name.StartsWith(TemporaryPrefix, StringComparison.Ordinal)
        ? null
        : name.EndsWith(LockSuffix, StringComparison.Ordinal) ? name[..^LockSuffix.Length] : name;

    /// <summary>The step of a finished checkpoint's folder; null for any other name.</summary>
    public static long? StepOf(string name) =>
        name.StartsWith(StepPrefix, StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(StepPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
        && name == Name(step) ? step : null;
}
