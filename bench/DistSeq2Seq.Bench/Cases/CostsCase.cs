using System.Globalization;
using System.Text;
using DistSeq2Seq.Bench.Runs;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Protocol.Plans.Costs;

namespace DistSeq2Seq.Bench.Cases;

/// <summary>
/// Steps of whole runs with 1, 2 and 4 workers on this machine, beside what the cost model says of them. The model is told what one
/// worker takes, the number of cores, and the rates of <see cref="MeasuredRates"/>.
/// </summary>
/// <param name="folder">Corpora and runs.</param>
/// <param name="root">The source tree.</param>
internal sealed class CostsCase(BenchFolder folder, string root)
{
    /// <summary>As on the command line.</summary>
    public const string Name = "costs";

    private const int MicroBatches = 4, SentencesOfMicroBatch = 16;

    /// <summary>Steps before and within the time taken.</summary>
    private const int Warmup = 3, Steps = 8;

    /// <summary>Norm, clipping and Adam of 16 million parameters (native/kernels/README.md).</summary>
    private const double ApplySeconds = 0.013;

    private static readonly (int Workers, Topology Topology)[] Points =
        [(1, Topology.Sharded), (1, Topology.Star), (2, Topology.Sharded), (2, Topology.Star), (4, Topology.Sharded), (4, Topology.Star)];

    /// <summary>Measures and predicts.</summary>
    /// <returns>A Markdown table.</returns>
    public async Task<string> TableAsync(CancellationToken cancellation)
    {
        var rates = await MeasuredRates.MeasureAsync();
        var table = new StringBuilder(MeasuredRates.Table(rates)).AppendLine();
        Console.Error.Write(table);
        table.AppendLine("| workers | topology | step measured | step predicted | predicted / measured | limited by | exchange "
            + "limited by |");
        table.AppendLine("|---|---|---|---|---|---|---|");
        CostModel? model = null;
        foreach (var (workers, topology) in Points)
        {
            cancellation.ThrowIfCancellationRequested();
            var measured = await MeasureAsync(workers, topology);
            model ??= new CostModel(Work(measured), rates);
            var shape = new ClusterShape(workers, 1, Environment.ProcessorCount, CoordinatorAmongWorkers: true);
            var predicted = topology == Topology.Star ? model.Star(shape) : model.Sharded(shape);
            var line = string.Create(CultureInfo.InvariantCulture,
                $"| {workers} | {topology.ToString().ToLowerInvariant()} | {measured * 1e3:F0} ms | {predicted.Step * 1e3:F0} ms "
                + $"| {predicted.Step / measured:F2} | {predicted.Bottleneck.ToString().ToLowerInvariant()} "
                + $"| {(predicted.Exchange > 0 ? predicted.ExchangeBottleneck.ToString().ToLowerInvariant() : "-")} |");
            Console.Error.WriteLine($"costs: {line}");
            table.AppendLine(line);
        }

        return table.ToString();
    }

    /// <summary>What one worker's time says of a micro-batch's.</summary>
    private static StepWork Work(double alone)
    {
        var cluster = new ClusterConfiguration();
        return new StepWork
        {
            MicroBatches = MicroBatches,
            MicroBatchSeconds = (alone - ApplySeconds) / MicroBatches,
            ApplySeconds = ApplySeconds,
            GradientElements = ReferenceCase.ExchangeElements,
            BucketElements = cluster.BucketBytes / sizeof(float),
            ChunkElements = cluster.ChunkBytes / sizeof(float),
        };
    }

    private async Task<double> MeasureAsync(int workers, Topology topology)
    {
        var reference = ReferenceCase.Configuration(workers);
        var configuration = reference with
        {
            Run = Path.Combine(folder.New("costs"), $"{topology}-{workers}"),
            Data = RunFiles.DataOf(folder.Text),
            Training = reference.Training with
            {
                BatchTokens = MicroBatches * SentencesOfMicroBatch * ReferenceCase.Length,
                MicroBatches = MicroBatches,
            },
            Cluster = reference.Cluster with { Topology = topology },
            Checkpoints = new() { Every = 0 },
        };
        using var run = TrainRun.Start(root, configuration, RunFiles.Write(configuration));
        var begin = await run.WaitForStepAsync(Warmup);
        return (await run.WaitForStepAsync(Warmup + Steps) - begin) / Steps;
    }
}
