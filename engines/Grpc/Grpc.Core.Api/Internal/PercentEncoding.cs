using System.Text;

namespace Grpc.Core.Internal;

/// <summary>
/// How <c>grpc-message</c> carries text: UTF-8, with everything but printable ASCII, and '%', as %XX.
/// </summary>
internal static class PercentEncoding
{
    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('%', StringComparison.Ordinal))
            return text;

        var encoded = new StringBuilder(text.Length + 16);
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            if (value is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
                encoded.Append((char)value);
            else
                encoded.Append('%').Append(value.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }

    /// <summary>Leaves sequences alone that are not valid, as the protocol asks.</summary>
    public static string Decode(string encoded) => Uri.UnescapeDataString(encoded);
}
