using System.Globalization;
using System.Text;

namespace DistSeq2Seq.Bench.Comparing;

/// <summary>The results as a Markdown table.</summary>
internal static class ComparisonTable
{
    /// <summary>One line a case: rates at the median time, and the ratios of the pairs.</summary>
    public static string Of(IReadOnlyList<Comparison> comparisons)
    {
        var text = new StringBuilder();
        text.AppendLine("| case | ours | peer | ratio, median (min-max) | ratio of processor time | target |");
        text.AppendLine("|---|---|---|---|---|---|");
        foreach (var each in comparisons)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {each.Case.What} | {Rate(each.Case, each.Ours)} | {Rate(each.Case, each.Peer)} | {Spread(each.Ratios)} | {Spread(each.ProcessorRatios)} | {each.Case.Target:0.0#} |");
        }

        return text.ToString();
    }

    private static string Rate(BenchCase work, IReadOnlyList<Measurement> measured) => measured.Count == 0
        ? "skipped"
        : string.Create(CultureInfo.InvariantCulture, $"{work.Amount / Statistics.Median(measured.Select(m => m.Seconds)):N0} {work.Unit}/s");

    private static string Spread(IReadOnlyList<double> ratios) => ratios.Count == 0
        ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{Statistics.Median(ratios):F2} ({ratios.Min():F2}-{ratios.Max():F2})");
}
