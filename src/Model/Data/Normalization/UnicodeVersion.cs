using System.Globalization;

namespace DistSeq2Seq.Model.Data.Normalization;

/// <summary>
/// The version of Unicode that this machine's ICU knows. Normal forms and lower case come from ICU; classes of characters come
/// from .NET. Prepared data record it, so that a difference between machines can be explained.
/// </summary>
internal static class UnicodeVersion
{
    /// <summary>For instance <c>15.0</c>.</summary>
    public static string Text { get; } = Read();

    private static string Read()
    {
        // .NET tells only the version of ICU's root collation: its second byte is that of Unicode, eight times the major
        // version plus the minor one (ICU's ucol_getVersion and genuca).
        var packed = (CultureInfo.InvariantCulture.CompareInfo.Version.FullVersion >> 8) & 0xFF;
        return string.Create(CultureInfo.InvariantCulture, $"{packed >> 3}.{packed & 7}");
    }
}
