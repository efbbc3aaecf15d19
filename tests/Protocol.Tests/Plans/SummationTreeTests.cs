using DistSeq2Seq.Protocol.Plans;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DistSeq2Seq.Protocol.Tests.Plans;

public class SummationTreeTests
{
    [Fact]
    public void Cover_AnyPartition_ReducesToOneRoot() =>
        Prop.ForAll(Generators.Partitions, partition =>
        {
            var tree = new SummationTree(partition.MicroBatches);
            var sums = Reduce(tree, partition.Ranges.SelectMany(r => tree.Cover(r.First, r.End)).Select(n => (n, Leaf(tree, n))));
            Assert.Equal([tree.Root], sums.Keys);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Cover_AnyPartitionAndOrder_BracketsTheSumAsTheWholeDoes() =>
        Prop.ForAll(Generators.Partitions, Gen.Choose(0, int.MaxValue).ToArbitrary(), (partition, seed) =>
        {
            var tree = new SummationTree(partition.MicroBatches);
            var pieces = partition.Ranges.SelectMany(r => tree.Cover(r.First, r.End)).Select(n => (n, Leaf(tree, n))).ToArray();
            new Random(seed).Shuffle(pieces);
            Assert.Equal(Leaf(tree, tree.Root), Reduce(tree, pieces)[tree.Root]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Cover_AnyPartition_CoversEachMicroBatchOnce() =>
        Prop.ForAll(Generators.Partitions, partition =>
        {
            var tree = new SummationTree(partition.MicroBatches);
            foreach (var range in partition.Ranges)
            {
                var covered = tree.Cover(range.First, range.End)
                    .SelectMany(n => Enumerable.Range(n.First, Math.Min(n.End, tree.MicroBatches) - n.First));
                Assert.Equal(Enumerable.Range(range.First, range.Count), covered);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Cover_AlignedRange_IsOneNode()
    {
        Assert.Equal([new TreeNode(2, 1)], new SummationTree(8).Cover(4, 8));
        Assert.Equal([new TreeNode(3, 0)], new SummationTree(8).Cover(0, 8));
        Assert.Equal([new TreeNode(0, 1), new TreeNode(1, 1), new TreeNode(0, 4)], new SummationTree(8).Cover(1, 5));
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(0, 9)]
    public void Cover_BeyondTheTree_IsRefused(int first, int end) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SummationTree(8).Cover(first, end));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 3)]
    [InlineData(4096, 12)]
    public void Root_OfMicroBatches_IsTheLowestThatCoversAll(int microBatches, int level) =>
        Assert.Equal(new TreeNode(level, 0), new SummationTree(microBatches).Root);

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(0, 5, true)]
    [InlineData(0, 6, false)]
    [InlineData(1, 2, true)]
    [InlineData(1, 3, false)]
    [InlineData(3, 0, true)]
    [InlineData(4, 0, false)]
    [InlineData(-1, 0, false)]
    [InlineData(0, -1, false)]
    [InlineData(2, 1 << 30, false)] // its first micro-batch, shifted, would be 0 again
    [InlineData(33, 0, false)]
    public void Contains_Node_SaysWhetherItIsOfTheTree(int level, int index, bool contained) =>
        Assert.Equal(contained, new SummationTree(6).Contains(new TreeNode(level, index)));

    /// <summary>The sum of a node, written with brackets, as the definition of the tree has it.</summary>
    private static string Leaf(SummationTree tree, TreeNode node)
    {
        if (node.Level == 0)
            return node.Index.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var left = new TreeNode(node.Level - 1, node.Index * 2);
        var right = left.Sibling;
        return right.First < tree.MicroBatches ? $"({Leaf(tree, left)}+{Leaf(tree, right)})" : Leaf(tree, left);
    }

    /// <summary>Adds siblings until nothing can be added, as an owner does.</summary>
    private static Dictionary<TreeNode, string> Reduce(SummationTree tree, IEnumerable<(TreeNode Node, string Sum)> pieces)
    {
        var waiting = new Dictionary<TreeNode, string>();
        foreach (var (start, sum) in pieces)
        {
            var (node, text) = (start, sum);
            while (node != tree.Root)
            {
                if (tree.RisesAlone(node))
                {
                    node = node.Parent;
                }
                else if (waiting.Remove(node.Sibling, out var other))
                {
                    text = node.IsLeft ? $"({text}+{other})" : $"({other}+{text})";
                    node = node.Parent;
                }
                else
                {
                    break;
                }
            }

            waiting.Add(node, text);
        }

        return waiting;
    }
}
