using System.Globalization;

namespace Akka.Configuration;

/// <summary>Durations and sizes, as HOCON writes them.</summary>
internal static class HoconUnits
{
    /// <summary>Reads <c>500ms</c>, <c>1.5 s</c>, <c>2 minutes</c>, <c>infinite</c>; a bare number is milliseconds.</summary>
    public static TimeSpan Duration(string path, string text, bool allowInfinite)
    {
        if (allowInfinite && text.Trim() is "infinite" or "∞") return Timeout.InfiniteTimeSpan;
        var (number, unit) = Split(text);
        double? milliseconds = unit switch
        {
            "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => number,
            "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => number / 1e6,
            "us" or "micro" or "micros" or "microsecond" or "microseconds" => number / 1e3,
            "s" or "second" or "seconds" => number * 1e3,
            "m" or "minute" or "minutes" => number * 60e3,
            "h" or "hour" or "hours" => number * 3600e3,
            "d" or "day" or "days" => number * 86400e3,
            _ => null,
        };
        return milliseconds is { } value && double.IsFinite(value)
            ? TimeSpan.FromMilliseconds(value)
            : throw new ConfigurationException(
                $"Configuration: '{path}' is '{text}', which is no duration. Write a number and a unit, such as '500ms' or '5 s'.");
    }

    /// <summary>Reads <c>128000b</c>, <c>64k</c>, <c>4MiB</c>; a bare number is bytes.</summary>
    public static long Bytes(string path, string text)
    {
        var (number, unit) = Split(text);
        double? factor = unit switch
        {
            "" or "b" or "B" or "byte" or "bytes" => 1,
            "kB" or "kilobyte" or "kilobytes" => 1000,
            "k" or "K" or "KiB" or "Ki" => 1024,
            "MB" or "megabyte" or "megabytes" => 1e6,
            "m" or "M" or "MiB" or "Mi" => 1024 * 1024,
            "GB" => 1e9,
            "g" or "G" or "GiB" or "Gi" => 1024.0 * 1024 * 1024,
            _ => null,
        };
        return factor is { } value && double.IsFinite(number)
            ? (long)(number * value)
            : throw new ConfigurationException(
                $"Configuration: '{path}' is '{text}', which is no size. Write a number and a unit, such as '128000b' or '4MiB'.");
    }

    private static (double Number, string Unit) Split(string text)
    {
        var trimmed = text.Trim();
        var end = 0;
        while (end < trimmed.Length && (char.IsAsciiDigit(trimmed[end]) || trimmed[end] is '.' or '-' or '+')) end++;
        var ok = double.TryParse(trimmed[..end], NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        return (ok ? number : double.NaN, trimmed[end..].Trim());
    }
}
