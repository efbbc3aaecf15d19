using System.Globalization;
using System.Text.RegularExpressions;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Planning;
using DistSeq2Seq.Protocol.Exchange;
using DistSeq2Seq.Protocol.Plans.Costs;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests.Planning;

public class TopologyChoiceTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(4, 4)]
    [InlineData(256, 32)]
    public void ALargeGradientIsShardedWhereverTheWorkersAre(int workers, int hosts)
    {
        var choice = Choose(16_250_000, workers, hosts);
        Assert.False(choice.IsStar);
        Assert.Contains("sharded", choice.Reason, StringComparison.Ordinal);
        Assert.Contains("65 MB", choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ATinyGradientOfManyWorkersGoesThroughTheCoordinator()
    {
        var choice = Choose(1024, workers: 64, hosts: 64);
        Assert.True(choice.IsStar, choice.Reason);
        Assert.Contains("messages", choice.Reason, StringComparison.Ordinal); // what limits it
    }

    [Fact]
    public void ASavingTooSmallToMatterKeepsTensorsOutOfTheCoordinator() => Assert.False(Choose(1024, workers: 4, hosts: 4).IsStar);

    [Fact]
    public void TheSameClusterGetsTheSamePlanAndTheReasonIsLogged()
    {
        var options = SimulatedCluster.Options(min: 3) with { Topology = Topology.Auto };
        for (var seed = 0; seed < 3; seed++)
        {
            var cluster = new SimulatedCluster(seed, options);
            for (var i = 0; i < 3; i++)
                cluster.Start();
            cluster.RunToEnd();
            Assert.False(cluster.Machine.IsStar);
            Assert.Contains(cluster.Log.OfType<Effect.Log>(), log => log.Text.StartsWith("Topology auto: sharded. 3 workers on 1 host",
                StringComparison.Ordinal));
        }
    }

    [Fact]
    public void ABf16WireIsPredictedWithHalfTheBytes()
    {
        double Milliseconds(ElementType wire)
        {
            var options = SimulatedCluster.Options(min: 3) with
            {
                Topology = Topology.Auto,
                Wire = wire,
                BucketElements = 1 << 20,
                ChunkElements = 1 << 17,
            };
            var cluster = new SimulatedCluster(1, options) { Parameters = 16_000_000, HasAHostForEachWorker = true };
            for (var i = 0; i < 3; i++)
                cluster.Start();
            cluster.RunToEnd();
            var reason = cluster.Log.OfType<Effect.Log>().First(log => log.Text.StartsWith("Topology auto: sharded. 3 workers on 3 hosts",
                StringComparison.Ordinal)).Text;
            return double.Parse(Regex.Match(reason, "predicted exchange ([0-9.]+) ms").Groups[1].Value, CultureInfo.InvariantCulture);
        }

        Assert.InRange(Milliseconds(ElementType.Bfloat16), 0.4 * Milliseconds(ElementType.Float32),
            0.6 * Milliseconds(ElementType.Float32));
    }

    private static TopologyChoice Choose(long elements, int workers, int hosts) => TopologyChoice.Of(
        new StepWork { MicroBatches = 512, GradientElements = elements, BucketElements = 1 << 20, ChunkElements = 1 << 17 },
        [.. Enumerable.Range(0, workers).Select(i => $"node-{i % hosts}")], "coordinator");
}
