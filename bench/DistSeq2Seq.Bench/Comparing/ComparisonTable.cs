using System.Globalization;
using System.Text;

namespace DistSeq2Seq.Bench.Comparing;

/// <summary>The results as a Markdown table.</summary>
internal static class ComparisonTable
{
    /// <summary>One line a case: rates (or times, where there is a limit) at the median, and the ratios of the pairs.</summary>
    public static string Of(IReadOnlyList<Comparison> comparisons)
    {
        var text = new StringBuilder();
        text.AppendLine("| case | ours | peer | ratio, median (min-max) | ratio of processor time | target |");
        text.AppendLine("|---|---|---|---|---|---|");
        foreach (var each in comparisons)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {each.Case.What} | {Show(each.Case, each.Ours)} | {Other(each)} | {Spread(each.Ratios)} "
                + $"| {Spread(each.ProcessorRatios)} | {each.Case.Target:0.0#} |");
        }

        return text.ToString();
    }

    private static string Other(Comparison each) => each.Case is LimitCase limit
        ? $"at most {Time(limit.LimitSeconds)}"
        : each.Peer.Count == 0 ? "skipped" : Show(each.Case, each.Peer);

    /// <summary>The rate at the median time, or that time.</summary>
    private static string Show(BenchCase work, IReadOnlyList<Measurement> measured)
    {
        var seconds = Statistics.Median(measured.Select(m => m.Seconds));
        return work is PeerCase peer
            ? string.Create(CultureInfo.InvariantCulture, $"{peer.Amount / seconds:N0} {peer.Unit}/s")
            : Time(seconds);
    }

    private static string Time(double seconds) =>
        seconds < 1 ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.##} ms") : string.Create(CultureInfo.InvariantCulture,
            $"{seconds:0.##} s");

    private static string Spread(IReadOnlyList<double> ratios) => ratios.Count == 0
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{Statistics.Median(ratios):F2} ({ratios.Min():F2}-{ratios.Max():F2})");
}
