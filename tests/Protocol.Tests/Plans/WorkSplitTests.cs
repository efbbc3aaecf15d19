using DistSeq2Seq.Protocol.Plans;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DistSeq2Seq.Protocol.Tests.Plans;

public class WorkSplitTests
{
    [Fact]
    public void Divide_AnySpeeds_GivesContiguousNonEmptyRanges() =>
        Prop.ForAll(Generators.Splits, split =>
        {
            var ranges = WorkSplit.Divide(split.MicroBatches, split.Speeds);
            Assert.Equal(split.Speeds.Length, ranges.Count);
            Assert.Equal(0, ranges[0].First);
            Assert.Equal(split.MicroBatches, ranges[^1].End);
            Assert.All(ranges, r => Assert.True(r.Count >= 1));
            Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.First));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Divide_AnySpeeds_NoMoveOfOneMicroBatchEndsTheStepSooner() =>
        Prop.ForAll(Generators.Splits, split =>
        {
            var counts = WorkSplit.Divide(split.MicroBatches, split.Speeds).Select(r => r.Count).ToArray();
            var times = counts.Zip(split.Speeds, (count, speed) => count / speed).ToArray();
            var slowest = Array.IndexOf(times, times.Max());
            if (counts[slowest] == 1)
                return; // it has the least it may have
            for (var other = 0; other < counts.Length; other++)
                Assert.True(other == slowest || (counts[other] + 1) / split.Speeds[other] >= times[slowest] * (1 - 1e-12));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Divide_SpeedsInWholeRatios_IsProportional()
    {
        Assert.Equal([2, 2, 2, 2], Counts(8, 1, 1, 1, 1));
        Assert.Equal([6, 2], Counts(8, 3, 1));
        Assert.Equal([5, 10, 1], Counts(16, 5, 10, 1));
        Assert.Equal([1, 7], Counts(8, 0.0001, 1));
        Assert.Equal([3, 3, 2], Counts(8, 1, 1, 1));
    }

    [Fact]
    public void Divide_MoreMembersThanMicroBatches_IsRefusedWithBothNumbers()
    {
        var error = Assert.Throws<ArgumentException>(() => WorkSplit.Divide(2, [1, 1, 1]));
        Assert.Contains("2 micro-batches cannot be divided among 3 members", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Divide_ImpossibleSpeed_IsRefused(double speed) =>
        Assert.Throws<ArgumentException>(() => WorkSplit.Divide(4, [1, speed]));

    private static int[] Counts(int microBatches, params double[] speeds) =>
        [.. WorkSplit.Divide(microBatches, speeds).Select(r => r.Count)];
}
