namespace DistSeq2Seq.Protocol.Plans.Costs;

/// <summary>
/// Predicts the time of a training step from counts of bytes and messages: bandwidth terms as in the α-β model of collectives (Thakur
/// et al. 2005, "Optimization of Collective Communication Operations in MPICH"), with the processor time of each end, which is
/// what limits processes of few cores. A pure function. README.md beside this file has the formulas; docs/PERFORMANCE.md compares them
/// with measurements.
/// </summary>
/// <param name="work">The work of a step.</param>
/// <param name="rates">How fast hosts and links are.</param>
public sealed class CostModel(StepWork work, HostRates rates)
{
    /// <summary>Predicts a step where every worker owns a part of each bucket.</summary>
    /// <exception cref="ArgumentException">More workers than micro-batches, or an impossible shape.</exception>
    public StepCost Sharded(ClusterShape shape)
    {
        var counts = Counts.Of(work, shape, owners: shape.Workers);
        double n = shape.Workers, perHost = shape.WorkersPerHost;
        // A member sends its partial sums, and as an owner finished sums. It receives as many. Its own shard stays in the process.
        var bytes = (counts.PartialsOfMember + 1) * Bytes;
        var near = 2 * bytes * (perHost - 1) / n;
        var far = 2 * bytes * (n - perHost) / n;
        var member = new ProcessLoad(
            Transport: far / rates.WireBytesPerCoreSecond,
            Copies: near / rates.CopyBytesPerCoreSecond,
            Sums: n == 1 ? 0 : counts.Partials * MemoryBytes / n / rates.SumBytesPerCoreSecond,
            Messages: 2 * (counts.PartialsOfMember + 1) * counts.Chunks * (n - 1) / n * rates.MessageSeconds);
        var network = perHost * far / 2 / rates.NetworkBytesPerSecond;
        return Cost(shape, counts, member, member.Total * perHost, network, exchanges: n > 1);
    }

    /// <summary>Predicts a step where the coordinator owns every shard.</summary>
    /// <exception cref="ArgumentException">More workers than micro-batches, or an impossible shape.</exception>
    public StepCost Star(ClusterShape shape)
    {
        var counts = Counts.Of(work, shape, owners: 1);
        double n = shape.Workers, near = shape.CoordinatorAmongWorkers ? shape.WorkersPerHost : 0, far = n - near;
        var partials = (double)counts.Partials / shape.Workers;
        var owner = new ProcessLoad(
            Transport: (partials + 1) * far * Bytes / rates.WireBytesPerCoreSecond,
            Copies: (partials + 1) * near * Bytes / rates.CopyBytesPerCoreSecond,
            Sums: counts.Partials * MemoryBytes / rates.SumBytesPerCoreSecond,
            Messages: (counts.Partials + n) * counts.Chunks * rates.MessageSeconds);
        var bytes = (counts.PartialsOfMember + 1) * Bytes;
        var member = new ProcessLoad(
            Transport: far > 0 ? bytes / rates.WireBytesPerCoreSecond : 0,
            Copies: near > 0 ? bytes / rates.CopyBytesPerCoreSecond : 0,
            Sums: 0,
            Messages: (counts.PartialsOfMember + 1) * counts.Chunks * rates.MessageSeconds);
        var network = Math.Max(
            Math.Max(partials, 1) * far * Bytes, // the coordinator's link
            far > 0 ? shape.WorkersPerHost * counts.PartialsOfMember * Bytes : 0) / rates.NetworkBytesPerSecond;
        var busiest = owner.Total >= member.Total ? owner : member;
        var ofHost = near > 0 ? owner.Total + (near * member.Total) : Math.Max(owner.Total, shape.WorkersPerHost * member.Total);
        return Cost(shape, counts, busiest, ofHost, network, exchanges: true);
    }

    private double Bytes => (double)work.GradientElements * work.WireBytesPerElement;

    private double MemoryBytes => (double)work.GradientElements * sizeof(float);

    private StepCost Cost(ClusterShape shape, Counts counts, ProcessLoad busiest, double exchangeOfHost, double network, bool exchanges)
    {
        // Where a host has more workers than cores, the workers share the cores.
        var crowding = Math.Max(1.0, (double)shape.WorkersPerHost / shape.CoresPerHost);
        var compute = ((counts.MicroBatchesOfMember * work.MicroBatchSeconds) + work.ApplySeconds) * crowding;
        var latency = exchanges ? 2 * rates.LatencySeconds : 0;
        // Chunks pass through the link and the processors at the same time, so the slower of the two sets the time.
        var exchange = Math.Max(network, Math.Max(busiest.Total, exchangeOfHost / shape.CoresPerHost)) + latency;
        var planning = shape.Workers * rates.PlanningSecondsPerWorker;
        var step = Math.Max(planning, compute + Math.Max(0, exchange - (work.Overlap * compute)));
        return new StepCost(compute, network, busiest.Transport, busiest.Copies, busiest.Sums, busiest.Messages, latency, planning,
            exchange, step);
    }

    /// <summary>Processor time of one process in an exchange, in seconds.</summary>
    private readonly record struct ProcessLoad(double Transport, double Copies, double Sums, double Messages)
    {
        public double Total => Transport + Copies + Sums + Messages;
    }

    /// <summary>Counts that follow from the plan alone.</summary>
    /// <param name="MicroBatchesOfMember">Micro-batches of the member that has most of them.</param>
    /// <param name="PartialsOfMember">Partial sums of the member that sends most of them.</param>
    /// <param name="Partials">Partial sums of all members.</param>
    /// <param name="Chunks">Chunks of the whole gradient; each is one message.</param>
    private readonly record struct Counts(int MicroBatchesOfMember, int PartialsOfMember, int Partials, long Chunks)
    {
        public static Counts Of(StepWork work, ClusterShape shape, int owners)
        {
            if (shape.Hosts < 1 || shape.Hosts > shape.Workers || shape.CoresPerHost < 1)
                throw new ArgumentException($"{shape.Workers} workers cannot be on {shape.Hosts} hosts of {shape.CoresPerHost} cores",
                    nameof(shape));
            var ranges = WorkSplit.Divide(work.MicroBatches, [.. Enumerable.Repeat(1.0, shape.Workers)]);
            var tree = new SummationTree(work.MicroBatches);
            var partials = ranges.Select(r => tree.Cover(r.First, r.End).Count).ToArray();
            return new Counts(ranges.Max(r => r.Count), partials.Max(), partials.Sum(),
                ShardMap.CountChunks(work.GradientElements, work.BucketElements, work.ChunkElements, owners));
        }
    }
}
