using System.Globalization;
using DistSeq2Seq.Protocol.Plans.Costs;

namespace DistSeq2Seq.Coordinator.Planning;

/// <summary>
/// What <c>topology: auto</c> becomes. A function of the membership, the model's size and the configuration alone, never of timing:
/// the same cluster gets the same plan, and neither choice changes a bit of the model.
/// </summary>
/// <param name="IsStar">The coordinator owns every shard; otherwise every worker owns a part.</param>
/// <param name="Reason">One line for the log.</param>
public sealed record TopologyChoice(bool IsStar, string Reason)
{
    /// <summary>
    /// The star must save this much of a step: sharded owners keep tensors out of the coordinator, whose loss then interrupts no
    /// exchange.
    /// </summary>
    private const double WorthwhileSeconds = 0.0005;

    /// <summary>Compares the predicted exchanges.</summary>
    /// <param name="work">The exchange's sizes; times of computing do not matter here.</param>
    /// <param name="workerHosts">Host of each member.</param>
    /// <param name="coordinatorHost">Host of the coordinator.</param>
    public static TopologyChoice Of(StepWork work, IReadOnlyList<string> workerHosts, string coordinatorHost)
    {
        var hosts = workerHosts.Distinct(StringComparer.Ordinal).ToArray();
        // One core a worker, and one for the coordinator: how many a host has is not known here, and both sides would gain from more.
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
