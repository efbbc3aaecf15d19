using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Training;
using DistSeq2Seq.Protocol.Plans;
using DistSeq2Seq.Worker.Training;
using Xunit;

namespace DistSeq2Seq.Worker.Tests;

public class GradientSummerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(12)]
    public void Add_AnyRange_HandsOutThePlainTreesSumsBitForBit(int microBatches)
    {
        using var replica = new Replica(Tiny, 7, 9);
        var buffers = 0;
        using var summer = new GradientSummer(() =>
        {
            buffers++;
            return replica.NewGradientBuffer();
        });
        var tree = new SummationTree(microBatches);
        var gradients = Enumerable.Range(0, microBatches).Select(m => RandomFloats((int)replica.Layout.Count, m)).ToArray();
        for (var first = 0; first < microBatches; first++)
        {
            for (var end = first + 1; end <= microBatches; end++)
            {
                var cover = tree.Cover(first, end);
                var handedOut = new List<(TreeNode Node, float[] Sum)>();
                for (var micro = first; micro < end; micro++)
                {
                    var buffer = summer.Rent();
                    gradients[micro].CopyTo(buffer.Values, 0);
                    summer.Add(tree, cover, micro, buffer, (node, sum) => handedOut.Add((node, sum)));
                }

                Assert.Equal(cover, handedOut.Select(h => h.Node));
                Assert.All(handedOut, h => Assert.True(Bits(TreeSum(tree, h.Node, gradients)).SequenceEqual(Bits(h.Sum)),
                    $"{h.Node} of {microBatches}"));
                summer.Reset();
            }
        }

        Assert.True(buffers <= (2 * Math.Log2(microBatches)) + 2, $"{buffers} buffers for {microBatches} micro-batches");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    public void AddFrom_TailAfterTail_HandsOutTheSameSumsAsFarAsTheyAreComplete(int microBatches)
    {
        using var replica = new Replica(Tiny, 7, 9);
        using var summer = new GradientSummer(replica.NewGradientBuffer);
        var length = (int)replica.Layout.Count;
        var tree = new SummationTree(microBatches);
        var gradients = Enumerable.Range(0, microBatches).Select(m => RandomFloats(length, m)).ToArray();
        for (var first = 0; first < microBatches; first++)
        {
            var cover = tree.Cover(first, microBatches);
            var handedOut = new List<(TreeNode Node, int From)>();
            for (var micro = first; micro < microBatches; micro++)
            {
                var buffer = summer.Rent();
                Array.Fill(buffer.Values, float.NaN); // nothing that is not final may be looked at
                foreach (var from in (int[])[length / 2, length / 2, length / 5, 0])
                {
                    gradients[micro].AsSpan(from).CopyTo(buffer.Values.AsSpan(from));
                    summer.AddFrom(from, tree, cover, micro, buffer, (node, sum, complete) =>
                    {
                        handedOut.Add((node, complete));
                        Assert.True(Bits(TreeSum(tree, node, gradients)[complete..]).SequenceEqual(Bits(sum[complete..])),
                            $"{node} from {complete}");
                    });
                }
            }

            Assert.Equal(cover.SelectMany(node => (int[])[length / 2, length / 2, length / 5, 0], (node, from) => (node, from)), handedOut);
            summer.Reset();
        }
    }

    [Fact]
    public void Reset_InTheMiddleOfARange_BeginsAnew()
    {
        using var replica = new Replica(Tiny, 7, 9);
        using var summer = new GradientSummer(replica.NewGradientBuffer);
        var tree = new SummationTree(4);
        summer.Add(tree, tree.Cover(0, 4), 0, summer.Rent(), (_, _) => Assert.Fail("nothing is complete yet"));
        summer.Reset();

        var completed = new List<TreeNode>();
        foreach (var micro in Enumerable.Range(0, 4))
        {
            var buffer = summer.Rent();
            Array.Fill(buffer.Values, 1f);
            summer.Add(tree, tree.Cover(0, 4), micro, buffer, (node, sum) =>
            {
                completed.Add(node);
                Assert.All(sum, value => Assert.Equal(4f, value));
            });
        }

        Assert.Equal([tree.Root], completed);
    }

    private static RunConfiguration Tiny { get; } = new()
    {
        Model = new() { EmbeddingSize = 3, Encoder = new() { HiddenSize = 2 }, Decoder = new() { HiddenSize = 3 } },
    };

    private static float[] RandomFloats(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 31))))];
    }

    private static float[] TreeSum(SummationTree tree, TreeNode node, float[][] microBatches)
    {
        if (node.Level == 0)
            return microBatches[node.Index];
        var left = new TreeNode(node.Level - 1, node.Index * 2);
        var sum = TreeSum(tree, left, microBatches);
        return left.Sibling.First >= tree.MicroBatches ? sum : [.. sum.Zip(TreeSum(tree, left.Sibling, microBatches), (a, b) => a + b)];
    }

    private static IEnumerable<uint> Bits(float[] values) => values.Select(BitConverter.SingleToUInt32Bits);
}
