using System.Globalization;
using DistSeq2Seq.Protocol.Plans.Costs;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>
/// The topology that <c>topology: auto</c> selects. It depends on the membership, the model's size and the configuration alone, and not on
/// timing, so the same cluster gets the same plan. Neither topology changes a bit of the model.
/// </summary>
/// <param name="IsStar">Whether the coordinator owns every shard; otherwise every worker owns a part.</param>
/// <param name="Reason">One line for the log.</param>
public sealed record TopologyChoice(bool IsStar, string Reason)
{
    /// <summary>
    /// Seconds of a step that the star must save. Otherwise sharded is better: no tensor passes the coordinator, so its loss interrupts
    /// no exchange.
    /// </summary>
    private const double WorthwhileSeconds = 0.0005;

    /// <summary>Compares the predicted exchanges.</summary>
    /// <param name="work">Sizes of the exchange; compute times are not used.</param>
    /// <param name="workerHosts">Host of each member.</param>
    /// <param name="coordinatorHost">Host of the coordinator.</param>
    public static TopologyChoice Of(StepWork work, IReadOnlyList<string> workerHosts, string coordinatorHost)
    {
        var hosts = workerHosts.Distinct(StringComparer.Ordinal).ToArray();
        // The number of cores of a host is not known here. One for each worker and one for the coordinator is assumed; more would speed up
        // both topologies.
        var perHost = (workerHosts.Count + hosts.Length - 1) / hosts.Length;
        var shape = new ClusterShape(workerHosts.Count, hosts.Length, perHost + 1, hosts.Contains(coordinatorHost, StringComparer.Ordinal));
        var model = new CostModel(work, new HostRates());
        var (star, sharded) = (model.Star(shape), model.Sharded(shape));
        var isStar = star.Exchange + WorthwhileSeconds < sharded.Exchange;
        var (chosen, other) = isStar ? (star, sharded) : (sharded, star);
        return new TopologyChoice(isStar, string.Create(CultureInfo.InvariantCulture,
            $"Topology auto: {Name(isStar)}. {Count(shape.Workers, "worker")} "
            + $"on {Count(shape.Hosts, "host")}, {work.GradientElements * sizeof(float) / 1e6:0.#} MB of gradient: "
            + $"predicted exchange {chosen.Exchange * 1e3:0.#} ms (most of "
            + $"it {chosen.ExchangeBottleneck.ToString().ToLowerInvariant()}), {Name(!isStar)} {other.Exchange * 1e3:0.#} ms"));
    }

    private static string Name(bool star) => star ? "star" : "sharded";

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
