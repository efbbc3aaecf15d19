namespace DistSeq2Seq.Model.Checkpoints.Folders;

/// <summary>Reads a checkpoint's folder that another process may replace or remove at the same time.</summary>
internal static class SharedFolder
{
    private const int ReadAttempts = 3;

    /// <summary>Reads from a checkpoint that may be replaced or removed at the same time.</summary>
    /// <returns>Null where it was removed.</returns>
    public static T? Read<T>(string path, Func<string, T> read)
        where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = Fingerprint(path);
            try
            {
                return read(path);
            }
            catch (CheckpointException) when (!Directory.Exists(path))
            {
                return null;
            }
            catch (CheckpointException) when (attempt < ReadAttempts && Replaced(before, Fingerprint(path)))
            {
                // A part of what was read may belong to the checkpoint that was replaced meanwhile: read again.
            }
        }
    }

    private static bool Replaced(byte[]? before, byte[]? after) =>
        before is null ? after is not null : after is null || !before.AsSpan().SequenceEqual(after);

    private static byte[]? Fingerprint(string path)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(path, ChecksumList.Name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Sizes and times of a checkpoint's files.</summary>
    public static string Stamp(string path)
    {
        try
        {
            return string.Join('|', new DirectoryInfo(path).EnumerateFiles()
                .OrderBy(file => file.Name, StringComparer.Ordinal)
                .Select(file => FormattableString.Invariant(
                    $"{file.Name}:{file.Length}:{file.LastWriteTimeUtc.Ticks}")));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
