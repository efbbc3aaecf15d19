using DistSeq2Seq.Protocol.Plans;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DistSeq2Seq.Exchange.Tests;

public class ChunkReducerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(12)]
    [InlineData(16)]
    public void Add_ShuffledArrival_IsBitIdenticalToTheTree(int microBatches)
    {
        var tree = new SummationTree(microBatches);
        var gradients = Enumerable.Range(0, microBatches).Select(m => RandomFloats.Of(1003, m)).ToArray();
        var expected = RandomFloats.Bits(RandomFloats.TreeSum(tree, tree.Root, gradients));
        var reducer = new ChunkReducer(tree);
        for (var seed = 0; seed < 25; seed++)
        {
            var order = Enumerable.Range(0, microBatches).ToArray();
            new Random(seed).Shuffle(order);
            PooledFloats? sum = null;
            foreach (var micro in order)
            {
                Assert.Null(sum);
                sum = reducer.Add(new TreeNode(0, micro), PooledFloats.Copy(gradients[micro]));
            }

            Assert.Equal(expected, RandomFloats.Bits(sum!.Span));
            sum.Release();
        }
    }

    [Fact]
    public void Add_AnyPartitionIntoRanges_GivesTheSameBits() =>
        Prop.ForAll(Gen.Choose(1, 20).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (microBatches, seed) =>
        {
            var random = new Random(seed);
            var tree = new SummationTree(microBatches);
            var gradients = Enumerable.Range(0, microBatches).Select(m => RandomFloats.Of(17, seed ^ m)).ToArray();
            var pieces = new List<TreeNode>();
            for (var first = 0; first < microBatches;)
            {
                var end = random.Next(first + 1, microBatches + 1);
                pieces.AddRange(tree.Cover(first, end));
                first = end;
            }

            var shuffled = pieces.ToArray();
            random.Shuffle(shuffled);
            var reducer = new ChunkReducer(tree);
            var sums = shuffled.Select(n => reducer.Add(n, PooledFloats.Copy(RandomFloats.TreeSum(tree, n, gradients)))).ToArray();
            Assert.All(sums[..^1], Assert.Null);
            Assert.Equal(RandomFloats.Bits(RandomFloats.TreeSum(tree, tree.Root, gradients)), RandomFloats.Bits(sums[^1]!.Span));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Add_NotANumberAndInfinity_ArriveInTheSum()
    {
        var reducer = new ChunkReducer(new SummationTree(2));
        reducer.Add(new TreeNode(0, 0), PooledFloats.Copy([float.NaN, float.PositiveInfinity, 1]));
        var sum = reducer.Add(new TreeNode(0, 1), PooledFloats.Copy([1, 1, float.NegativeInfinity]))!;
        Assert.Equal([float.NaN, float.PositiveInfinity, float.NegativeInfinity], sum.Span.ToArray());
    }

    [Theory]
    [InlineData(0)] // still waits
    [InlineData(1)] // has risen into its parent
    public void Add_TheSameNodeTwice_IsRefused(int again)
    {
        var reducer = new ChunkReducer(new SummationTree(4));
        reducer.Add(new TreeNode(0, 0), PooledFloats.Copy([1]));
        if (again == 1)
            reducer.Add(new TreeNode(0, 1), PooledFloats.Copy([1]));
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => reducer.Add(new TreeNode(0, 0), PooledFloats.Copy([1]))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Add_NodeOfAnotherTree_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new ChunkReducer(new SummationTree(4)).Add(new TreeNode(0, 4), PooledFloats.Copy([1])));

    [Fact]
    public void Add_ForeignMemory_IsReadWhereItLiesAndLeftAsItIs()
    {
        float[] left = [1, 2, 3], right = [10, 20, 30];
        using var segment = SharedSegment.TryCreate(3)!;
        segment.Write(0, right);
        var reducer = new ChunkReducer(new SummationTree(2));
        reducer.Add(new TreeNode(0, 0), new TensorFrame(left.AsMemory()));
        var shared = new TensorFrame(ReadOnlyMemory<float>.Empty) { SharedAt = 0, SharedLength = 3 }.Resolve(segment)!;
        var sum = reducer.Add(new TreeNode(0, 1), shared)!;
        Assert.Equal([11, 22, 33], sum.Span.ToArray());
        sum.Span.Clear();
        Assert.Equal([1, 2, 3], left);
        segment.Read(0, left);
        Assert.Equal([10, 20, 30], left);
    }

    [Fact]
    public void Add_SharedMemoryThatIsGone_CannotBeSummed()
    {
        var segment = SharedSegment.TryCreate(3)!;
        var reducer = new ChunkReducer(new SummationTree(2));
        reducer.Add(new TreeNode(0, 0), new TensorFrame(ReadOnlyMemory<float>.Empty) { SharedAt = 0, SharedLength = 3 }.Resolve(segment)!);
        segment.Dispose();
        Assert.Throws<ObjectDisposedException>(() => reducer.Add(new TreeNode(0, 1), PooledFloats.Rent(3)));
    }

    [Fact]
    public void Clear_WithSumsWaiting_LetsGoOfThemAndBeginsAnew()
    {
        var reducer = new ChunkReducer(new SummationTree(2));
        var waiting = PooledFloats.Copy([1]);
        reducer.Add(new TreeNode(0, 0), waiting);
        reducer.Clear();
        Assert.Throws<ObjectDisposedException>(() => waiting.Span.Length);
        Assert.Null(reducer.Add(new TreeNode(0, 0), PooledFloats.Copy([1])));
    }

    [Fact]
    public void Add_Siblings_LetsGoOfTheRightOne()
    {
        var (left, right) = (PooledFloats.Copy([1]), PooledFloats.Copy([2]));
        var reducer = new ChunkReducer(new SummationTree(2));
        reducer.Add(new TreeNode(0, 1), right);
        var sum = reducer.Add(new TreeNode(0, 0), left)!;
        Assert.Equal(3, sum.Span[0]);
        Assert.Throws<ObjectDisposedException>(() => right.Span.Length);
        sum.Release();
        Assert.Throws<ObjectDisposedException>(() => sum.Memory.Length);
    }
}

internal static class PooledContributions
{
    /// <summary>Contributes a pooled buffer.</summary>
    public static PooledFloats? Add(this ChunkReducer reducer, TreeNode node, PooledFloats sum) => reducer.Add(node, new TensorFrame(sum));
}
