using DistSeq2Seq.Protocol.Plans;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DistSeq2Seq.Protocol.Tests.Plans;

public class ShardMapTests
{
    [Fact]
    public void Chunks_AnyCut_CoverTheBufferExactlyOnce() =>
        Prop.ForAll(Generators.Buffers, buffer =>
        {
            var map = new ShardMap(buffer.Elements, buffer.Bucket, buffer.Chunk, buffer.Owners);
            long next = 0;
            foreach (var chunk in map.Chunks)
            {
                Assert.Equal(next, chunk.Offset);
                Assert.InRange(chunk.Length, 1, buffer.Chunk);
                Assert.InRange(chunk.Owner, 0, buffer.Owners - 1);
                next += chunk.Length;
            }

            Assert.Equal(buffer.Elements, next);
            Assert.Equal(Enumerable.Range(0, map.Chunks.Count), map.Chunks.Select(c => c.Number));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Chunks_AnyCut_StayWithinABucketAndItsOwnersShard() =>
        Prop.ForAll(Generators.Buffers, buffer =>
        {
            var map = new ShardMap(buffer.Elements, buffer.Bucket, buffer.Chunk, buffer.Owners);
            Assert.All(map.Chunks, c => Assert.Equal(c.Offset / buffer.Bucket, (c.Offset + c.Length - 1) / buffer.Bucket));
            foreach (var bucket in map.Chunks.GroupBy(c => c.Offset / buffer.Bucket))
                Assert.Equal(bucket.Select(c => c.Owner).Order(), bucket.Select(c => c.Owner));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Chunks_LargeBuckets_GiveOwnersEqualShares()
    {
        var shares = new ShardMap(1_000_000, 250_000, 10_000, 7).Chunks.GroupBy(c => c.Owner).Select(g => g.Sum(c => (long)c.Length))
            .ToArray();
        Assert.Equal(7, shares.Length);
        Assert.True(shares.Max() - shares.Min() <= 4 * 7 * 16, $"shares are {string.Join(", ", shares)}"); // rounding of each bucket
    }

    [Fact]
    public void TryFind_AnyOffset_FindsExactlyTheBeginnings() =>
        Prop.ForAll(Generators.Buffers, Gen.Choose(-10, 6000).ToArbitrary(), (buffer, offset) =>
        {
            var map = new ShardMap(buffer.Elements, buffer.Bucket, buffer.Chunk, buffer.Owners);
            var found = map.TryFind(offset, out var chunk);
            Assert.Equal(map.Chunks.Any(c => c.Offset == offset), found);
            if (found)
                Assert.Equal(offset, chunk.Offset);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, 1, 1, 1)]
    [InlineData(1, 0, 1, 1)]
    [InlineData(1, 1, 0, 1)]
    [InlineData(1, 1, 1, 0)]
    public void Construct_WithoutSize_IsRefused(long elements, long bucket, int chunk, int owners) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardMap(elements, bucket, chunk, owners));
}
