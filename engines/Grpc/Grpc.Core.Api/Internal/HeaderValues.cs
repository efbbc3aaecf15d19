namespace Grpc.Core.Internal;

/// <summary>Metadata as header values and back. Bytes travel in base 64.</summary>
internal static class HeaderValues
{
    public static string ToHeader(Metadata.Entry entry) =>
        entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes) : entry.Value;

    /// <summary>Adds a header to metadata, unless it belongs to the protocol itself.</summary>
    /// <exception cref="FormatException">A binary header is not valid base 64.</exception>
    public static void Add(Metadata metadata, string name, string value)
    {
        if (WireNames.IsReserved(name))
            return;

        if (!name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
        {
            metadata.Add(name, value);
            return;
        }

        // Several binary values of one key may come joined by commas, which base 64 itself never contains.
        foreach (string part in value.Split(','))
            metadata.Add(name, FromBase64(part.Trim()));
    }

    /// <summary>Reads base 64 with or without its padding; peers may leave it out.</summary>
    private static byte[] FromBase64(string text) =>
        Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
}
