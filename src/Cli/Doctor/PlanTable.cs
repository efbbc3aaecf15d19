using System.Globalization;
using DistSeq2Seq.Protocol.Plans.Costs;

namespace DistSeq2Seq.Cli.Doctor;

/// <summary>Predicted steps of growing clusters, for a terminal.</summary>
internal static class PlanTable
{
    /// <summary>A line for each power of two up to <paramref name="most"/>, and for that number.</summary>
    /// <param name="model">Work and rates.</param>
    /// <param name="most">Most workers.</param>
    /// <param name="perHost">Workers and cores of a host; the coordinator has a host of its own, unless there is one host only.</param>
    public static IReadOnlyList<string> Of(CostModel model, int most, int perHost)
    {
        var alone = model.Sharded(Shape(1, perHost)).Step;
        var lines = new List<string> { "workers  hosts   sharded: step  speed-up  limited by   star: step  speed-up  limited by" };
        foreach (var workers in Sizes(most))
        {
            var shape = Shape(workers, perHost);
            var (sharded, star) = (model.Sharded(shape), model.Star(shape));
            lines.Add(string.Create(CultureInfo.InvariantCulture,
                $"{workers,7:N0}  {shape.Hosts,5:N0}  {Time(sharded.Step),14}  {alone / sharded.Step,8:F1}  {Name(sharded.Bottleneck),-11} "
                + $" {Time(star.Step),10}  {alone / star.Step,8:F1}  {Name(star.Bottleneck)}"));
        }

        return lines;
    }

    private static ClusterShape Shape(int workers, int perHost)
    {
        var hosts = (workers + perHost - 1) / perHost;
        return new ClusterShape(workers, hosts, perHost, CoordinatorAmongWorkers: hosts == 1);
    }

    private static IEnumerable<int> Sizes(int most)
    {
        for (var workers = 1; workers < most; workers *= 2)
            yield return workers;
        yield return most;
    }

    private static string Time(double seconds) =>
        seconds < 1 ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:F0} ms") : string.Create(CultureInfo.InvariantCulture,
            $"{seconds:F2} s");

    private static string Name(Bottleneck bottleneck) => bottleneck.ToString().ToLowerInvariant();
}
