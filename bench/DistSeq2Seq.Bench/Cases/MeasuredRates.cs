using System.Globalization;
using System.Text;
using DistSeq2Seq.Bench.Comparing;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Protocol.Plans;
using DistSeq2Seq.Protocol.Plans.Costs;

namespace DistSeq2Seq.Bench.Cases;

/// <summary>
/// The cost model's constants from what this machine's processors take: all of them are processor time, what a busy machine disturbs
/// least. Each all-reduce of 65 MB between two processes is solved for the one constant that is not known yet.
/// </summary>
internal static class MeasuredRates
{
    private const int PlanningWorkers = 256;

    /// <summary>Chunks so small that messages take most of the time.</summary>
    private const int SmallChunkBytes = 16 * 1024;

    private const double Bytes = ReferenceCase.ExchangeElements * (double)sizeof(float);

    /// <summary>What each of the two members sends and receives: half its contribution and half the sums, each way.</summary>
    private const double BytesOfMember = 2 * Bytes;

    /// <summary>Measures; the network's rate and latency stay what they are by default.</summary>
    public static async Task<HostRates> MeasureAsync()
    {
        var sums = (await ProcessGroup.AloneAsync("sum-member", "--warmup", "2", "--rounds", "20")).CpuSeconds;
        var (large, small) = (new ClusterConfiguration().ChunkBytes, SmallChunkBytes);
        var wire = await AllReduceAsync("--apart", "--chunk-bytes", $"{large}");
        var manyMessages = await AllReduceAsync("--apart", "--chunk-bytes", $"{small}");
        var shared = await AllReduceAsync();
        var planning = (await CoordinatorCase.MeasureAsync(PlanningWorkers, steps: 300)).CpuSeconds;

        var message = Positive(manyMessages - wire, "what small chunks cost") / (Messages(small) - Messages(large));
        var besides = sums + (Messages(large) * message); // each of two owners adds two contributions of half the gradient
        return new HostRates
        {
            SumBytesPerCoreSecond = Bytes / sums,
            MessageSeconds = message,
            WireBytesPerCoreSecond = BytesOfMember / Positive(wire - besides, "what the wire costs"),
            CopyBytesPerCoreSecond = BytesOfMember / Positive(shared - besides, "what shared memory costs"),
            PlanningSecondsPerWorker = planning / PlanningWorkers,
        };
    }

    /// <summary>As Markdown, beside the defaults that <c>topology: auto</c> and <c>doctor --plan</c> take.</summary>
    public static string Table(HostRates measured)
    {
        var defaults = new HostRates();
        var text = new StringBuilder();
        text.AppendLine("| constant | measured here | default |");
        text.AppendLine("|---|---|---|");
        Line("bytes added up, a core", r => r.SumBytesPerCoreSecond / 1e9, "GB/s");
        Line("processor time of a message", r => r.MessageSeconds * 1e6, "us");
        Line("bytes through gRPC, a core", r => r.WireBytesPerCoreSecond / 1e9, "GB/s");
        Line("bytes through shared memory, a core", r => r.CopyBytesPerCoreSecond / 1e9, "GB/s");
        Line("planning, a worker", r => r.PlanningSecondsPerWorker * 1e6, "us");
        return text.ToString();

        void Line(string name, Func<HostRates, double> value, string unit) => text.AppendLine(
            CultureInfo.InvariantCulture, $"| {name} | {value(measured):0.##} {unit} | {value(defaults):0.##} {unit} |");
    }

    private static async Task<double> AllReduceAsync(params string[] more) =>
        (await ProcessGroup.OursAsync(2, ["allreduce-member", "--warmup", "3", "--rounds", "10", .. more])).CpuSeconds;

    /// <summary>Of a member: it sends half its chunks and half the sums, and receives as many.</summary>
    private static double Messages(int chunkBytes) =>
        2.0 * ShardMap.CountChunks(ReferenceCase.ExchangeElements, new ClusterConfiguration().BucketBytes / sizeof(float),
            chunkBytes / sizeof(float), 2);

    private static double Positive(double seconds, string what) => seconds > 0
        ? seconds
        : throw new InvalidOperationException($"{what} comes out as {seconds * 1e3:F1} ms of processor time; measure again on a "
            + "quieter machine");
}
