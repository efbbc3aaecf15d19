using DistSeq2Seq.Protocol.Plans;
using FsCheck;
using FsCheck.Fluent;

namespace DistSeq2Seq.Protocol.Tests.Plans;

/// <summary>A number of micro-batches and the places where their sequence is cut into contiguous ranges.</summary>
public sealed record Partition(int MicroBatches, IReadOnlyList<MicroBatchRange> Ranges);

internal static class Generators
{
    /// <summary>Partitions of [0, M) for M from 1 to 70, into any number of non-empty ranges.</summary>
    public static Arbitrary<Partition> Partitions { get; } = (
        from microBatches in Gen.Choose(1, 70)
        from cuts in Gen.Choose(0, 1).ArrayOf(microBatches - 1)
        select Cut(microBatches, cuts)).ToArbitrary();

    /// <summary>M and as many positive speeds as members, at most M; ratios up to a million.</summary>
    public static Arbitrary<(int MicroBatches, double[] Speeds)> Splits { get; } = (
        from microBatches in Gen.Choose(1, 256)
        from members in Gen.Choose(1, microBatches)
        from speeds in Gen.Choose(1, 1_000_000).ArrayOf(members)
        select (microBatches, speeds.Select(s => s / 1000.0).ToArray())).ToArbitrary();

    /// <summary>Buffers of up to 5,000 elements with any bucket, chunk and number of owners.</summary>
    public static Arbitrary<(long Elements, long Bucket, int Chunk, int Owners)> Buffers { get; } = (
        from elements in Gen.Choose(1, 5000)
        from bucket in Gen.Choose(1, 6000)
        from chunk in Gen.Choose(1, 3000)
        from owners in Gen.Choose(1, 9)
        select ((long)elements, (long)bucket, chunk, owners)).ToArbitrary();

    private static Partition Cut(int microBatches, int[] cuts)
    {
        var ranges = new List<MicroBatchRange>();
        var first = 0;
        for (var end = 1; end <= microBatches; end++)
        {
            if (end == microBatches || cuts[end - 1] == 1)
            {
                ranges.Add(new MicroBatchRange(first, end));
                first = end;
            }
        }

        return new Partition(microBatches, ranges);
    }
}
