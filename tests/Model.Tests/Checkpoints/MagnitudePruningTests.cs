using DistSeq2Seq.Model.Checkpoints;
using DistSeq2Seq.Model.Checkpoints.Compression;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Checkpoints;

public sealed class MagnitudePruningTests
{
    [Fact]
    public void Prune_EqualMagnitudes_ZeroesExactlyTheShare()
    {
        float[] values = [1, -1, 9, 1, 1, 0.5f];
        MagnitudePruning.Prune(values, [new TensorSlice("a", [2, 1], 0, 2), new TensorSlice("b", [3, 1], 3, 3)], 0.6);
        Assert.Equal([0, 0, 9, 1, 1, 0], values);
    }
}
