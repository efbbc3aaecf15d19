using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DistSeq2Seq.Bench;

/// <summary>What one process measured; peers print the same fields.</summary>
/// <param name="Seconds">Median wall time of a round.</param>
/// <param name="CpuSeconds">Median processor time of a round, all threads of the process.</param>
/// <param name="Detail">Further figures, by a name that says their unit.</param>
internal sealed record Measurement(
    [property: JsonPropertyName("seconds")] double Seconds,
    [property: JsonPropertyName("cpu_seconds")] double CpuSeconds,
    [property: JsonPropertyName("detail")] IReadOnlyDictionary<string, double>? Detail = null)
{
    /// <summary>Reads a process's line.</summary>
    public static Measurement Parse(string line) =>
        JsonSerializer.Deserialize<Measurement>(line) ?? throw new FormatException($"`{line}` is no measurement");

    /// <summary>One line.</summary>
    public string ToLine() => JsonSerializer.Serialize(this);
}

/// <summary>Wall and processor time of rounds.</summary>
internal sealed class RoundTimer
{
    private readonly List<double> _wall = [];
    private readonly List<double> _processor = [];

    /// <summary>Does the same thing several times, the first ones for warming up.</summary>
    public static Measurement Measure(int warmup, int rounds, Action work)
    {
        for (var round = 0; round < warmup; round++)
            work();
        var timer = new RoundTimer();
        for (var round = 0; round < rounds; round++)
            timer.Round(work);
        return timer.Result();
    }

    /// <summary>Takes the time of one round.</summary>
    public void Round(Action work)
    {
        var (wall, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        work();
        _processor.Add((Environment.CpuUsage.TotalTime - processor).TotalSeconds);
        _wall.Add(Stopwatch.GetElapsedTime(wall).TotalSeconds);
    }

    /// <summary>The medians.</summary>
    public Measurement Result(IReadOnlyDictionary<string, double>? detail = null) =>
        new(Statistics.Median(_wall), Statistics.Median(_processor), detail);
}

/// <summary>Medians and percentiles.</summary>
internal static class Statistics
{
    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The smallest value that at least the share <paramref name="part"/> of the values do not exceed.</summary>
    public static double Percentile(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(part * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
