using DistSeq2Seq.Protocol.Plans;
using DistSeq2Seq.Protocol.Plans.Costs;
using Xunit;

namespace DistSeq2Seq.Protocol.Tests.Plans;

public class CostModelTests
{
    private static readonly StepWork Work = new()
    {
        MicroBatches = 1024,
        MicroBatchSeconds = 1.2,
        ApplySeconds = 0.02,
        GradientElements = 16_250_000,
        BucketElements = 1 << 20,
        ChunkElements = 1 << 17,
    };

    public static TheoryData<int, int, bool> Shapes => new()
    {
        { 1, 1, true }, { 2, 1, true }, { 2, 2, false }, { 3, 2, true }, { 4, 1, true }, { 7, 3, false }, { 64, 8, false },
            { 1000, 125, false }, { 1000, 1000, false },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void EveryRateThatRisesShortensOrKeepsTheStep(int workers, int hosts, bool among)
    {
        var shape = new ClusterShape(workers, hosts, 4, among);
        var before = new HostRates();
        HostRates[] faster =
        [
            before with { NetworkBytesPerSecond = before.NetworkBytesPerSecond * 3 },
            before with { LatencySeconds = before.LatencySeconds / 3 },
            before with { WireBytesPerCoreSecond = before.WireBytesPerCoreSecond * 3 },
            before with { CopyBytesPerCoreSecond = before.CopyBytesPerCoreSecond * 3 },
            before with { SumBytesPerCoreSecond = before.SumBytesPerCoreSecond * 3 },
            before with { MessageSeconds = before.MessageSeconds / 3 },
            before with { PlanningSecondsPerWorker = before.PlanningSecondsPerWorker / 3 },
        ];
        foreach (var better in faster)
        {
            Assert.True(new CostModel(Work, better).Sharded(shape).Step <= new CostModel(Work, before).Sharded(shape).Step);
            Assert.True(new CostModel(Work, better).Star(shape).Step <= new CostModel(Work, before).Star(shape).Step);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void MoreWorkTakesLonger(int workers, int hosts, bool among)
    {
        var shape = new ClusterShape(workers, hosts, 4, among);
        StepWork[] more =
        [
            Work with { MicroBatchSeconds = Work.MicroBatchSeconds * 2 },
            Work with { ApplySeconds = Work.ApplySeconds * 2 },
            Work with { GradientElements = Work.GradientElements * 2 },
        ];
        foreach (var larger in more)
        {
            Assert.True(new CostModel(larger, new()).Sharded(shape).Step >= new CostModel(Work, new()).Sharded(shape).Step);
            Assert.True(new CostModel(larger, new()).Star(shape).Step >= new CostModel(Work, new()).Star(shape).Step);
        }

        var narrow = new CostModel(Work with { WireBytesPerElement = 2 }, new());
        Assert.True(narrow.Sharded(shape).Network <= new CostModel(Work, new()).Sharded(shape).Network);
        // Through shared memory the numbers go as through the wire.
        Assert.Equal(new CostModel(Work, new()).Sharded(shape).Copies / 2, narrow.Sharded(shape).Copies, 12);
        Assert.True(new CostModel(Work with { Overlap = 1 }, new()).Sharded(shape).Step <= new CostModel(Work, new()).Sharded(shape).Step);
    }

    [Fact]
    public void AWorkerAloneExchangesNothingWhenItOwnsAll()
    {
        var cost = new CostModel(Work, new()).Sharded(new ClusterShape(1, 1, 1, CoordinatorAmongWorkers: true));
        Assert.Equal(0, cost.Exchange);
        Assert.Equal((1024 * 1.2) + 0.02, cost.Step, 9);
        Assert.Equal(Bottleneck.Compute, cost.Bottleneck);
    }

    /// <summary>
    /// Reduce-scatter plus all-gather of G bytes moves 2 G (n - 1) / n of them through each link (Thakur et al. 2005, section 4.5).
    /// </summary>
    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(1024)]
    public void ShardedTrafficIsThatOfReduceScatterAndAllGather(int workers)
    {
        var cost = new CostModel(Work, new HostRates { NetworkBytesPerSecond = 1e9 }).Sharded(new ClusterShape(workers, workers, 1, false));
        Assert.Equal(2 * 65e6 * (workers - 1) / workers / 1e9, cost.Network, 9);
    }

    [Fact]
    public void TheStarsLinkIsItsBottleneckAndGrowsWithTheWorkers()
    {
        var model = new CostModel(Work, new HostRates { NetworkBytesPerSecond = 1.25e8, WireBytesPerCoreSecond = 1e10 });
        var (few, many) = (model.Star(new ClusterShape(8, 8, 1, false)), model.Star(new ClusterShape(64, 64, 1, false)));
        Assert.Equal(Bottleneck.Network, few.ExchangeBottleneck);
        Assert.Equal(8, many.Network / few.Network, 6);
        Assert.True(model.Sharded(new ClusterShape(64, 64, 1, false)).Network < few.Network);
    }

    [Fact]
    public void WorkersBeyondTheCoresShareThem()
    {
        var model = new CostModel(Work, new());
        var four = model.Sharded(new ClusterShape(4, 1, 2, true));
        Assert.Equal(((256 * 1.2) + 0.02) * 2, four.Compute, 9);
    }

    [Fact]
    public void PlanningLimitsTheRateOfSteps()
    {
        var cost = new CostModel(Work with { MicroBatchSeconds = 0, ApplySeconds = 0 }, new HostRates { PlanningSecondsPerWorker = 1 })
            .Sharded(new ClusterShape(16, 16, 1, false));
        Assert.Equal(16, cost.Step);
        Assert.Equal(Bottleneck.Planning, cost.Bottleneck);
    }

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(1000, 256, 64, 3)]
    [InlineData(100_003, 4096, 1000, 7)]
    [InlineData(16_250_000, 1 << 20, 1 << 17, 2)]
    [InlineData(16_250_000, 1 << 20, 1 << 17, 1000)]
    [InlineData(17, 16, 16, 40)]
    public void ChunksAreCountedAsTheMapMakesThem(long elements, long bucket, int chunk, int owners) =>
        Assert.Equal(new ShardMap(elements, bucket, chunk, owners).Chunks.Count, ShardMap.CountChunks(elements, bucket, chunk, owners));

    [Fact]
    public void AShapeThatCannotBeIsRefused()
    {
        var model = new CostModel(Work, new());
        Assert.Throws<ArgumentException>(() => model.Sharded(new ClusterShape(2, 3, 1, false)));
        Assert.Throws<ArgumentException>(() => model.Star(new ClusterShape(2000, 2000, 1, false)));
    }
}
