using System.Text;

namespace DistSeq2Seq.Model.Checkpoints.Folders;

/// <summary>
/// The file <c>SHA256SUMS</c>: the hash of every other file of a checkpoint, <c>state.json</c> included, one line each
/// in ordinal order of the names, as <c>sha256sum --check SHA256SUMS</c> reads it. The form is exact to the byte, so
/// that a changed bit in the list itself either breaks the form, names a file that is not there, or contradicts a file.
/// </summary>
internal static class ChecksumList
{
    public const string Name = "SHA256SUMS";

    private const int HashLength = 64;

    public static byte[] Render(IEnumerable<CheckpointFileEntry> files)
    {
        var text = new StringBuilder();
        foreach (var file in files.OrderBy(file => file.Name, StringComparer.Ordinal))
            text.Append(file.Sha256).Append("  ").Append(file.Name).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The hashes by file name.</summary>
    /// <exception cref="CheckpointException">The bytes are not exactly what <see cref="Render"/> writes.</exception>
    public static IReadOnlyDictionary<string, string> Parse(string path, byte[] content)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        var text = Encoding.UTF8.GetString(content);
        foreach (var line in text.Split('\n')[..^1])
        {
            if (line.Length <= HashLength + 2 || line[..HashLength].Any(c => !char.IsAsciiHexDigitLower(c))
                || !IsFileName(line[(HashLength + 2)..])
                || !hashes.TryAdd(line[(HashLength + 2)..], line[..HashLength]))
            {
                throw new CheckpointException(path, $"line {hashes.Count + 1} is not a hash and a file's name");
            }
        }
        var exact = Render(hashes.Select(pair => new CheckpointFileEntry(pair.Key, 0, pair.Value)));
        return exact.AsSpan().SequenceEqual(content)
            ? hashes
            : throw new CheckpointException(path, "is not in the exact form in which it was written");
    }

    /// <summary>Whether a text is a plain name that a checkpoint's file may have.</summary>
    public static bool IsFileName(string name) =>
        name.Length > 0 && name[0] != '.' && !name.Any(c => c is '/' or '\\' || char.IsControl(c));
}
