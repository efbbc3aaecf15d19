using System.Globalization;

namespace Grpc.Core.Internal;

/// <summary>The value of <c>grpc-timeout</c>: at most eight digits and a unit.</summary>
internal static class Timeouts
{
    private const long LargestValue = 99_999_999;

    /// <summary>Rounds up to milliseconds, to seconds where milliseconds have too many digits.</summary>
    public static string Encode(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
            return "1n"; // The protocol has no zero; the peer sees a deadline that has passed all the same.

        long milliseconds = CeilingOf(timeout.Ticks, TimeSpan.TicksPerMillisecond);
        if (milliseconds <= LargestValue)
            return milliseconds.ToString(CultureInfo.InvariantCulture) + "m";

        long seconds = Math.Min(CeilingOf(timeout.Ticks, TimeSpan.TicksPerSecond), LargestValue);
        return seconds.ToString(CultureInfo.InvariantCulture) + "S";
    }

    /// <summary>Reads a value; false when it is malformed.</summary>
    public static bool TryDecode(string? text, out TimeSpan timeout)
    {
        timeout = TimeSpan.Zero;
        if (text is null || text.Length is < 2 or > 9)
            return false;

        ReadOnlySpan<char> digits = text.AsSpan(0, text.Length - 1);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            return false;

        TimeSpan? decoded = text[^1] switch
        {
            // More than the largest number of seconds (three years) is as good as that.
            'H' => TimeSpan.FromTicks(Math.Min(value * 3600, LargestValue) * TimeSpan.TicksPerSecond),
            'M' => TimeSpan.FromTicks(Math.Min(value * 60, LargestValue) * TimeSpan.TicksPerSecond),
            'S' => TimeSpan.FromTicks(value * TimeSpan.TicksPerSecond),
            'm' => TimeSpan.FromTicks(value * TimeSpan.TicksPerMillisecond),
            'u' => TimeSpan.FromTicks(value * TimeSpan.TicksPerMicrosecond),
            'n' => TimeSpan.FromTicks(CeilingOf(value, TimeSpan.NanosecondsPerTick)),
            _ => null,
        };
        timeout = decoded ?? TimeSpan.Zero;
        return decoded is not null;
    }

    private static long CeilingOf(long value, long unit) => (value + unit - 1) / unit;
}
