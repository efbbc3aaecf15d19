using System.CommandLine;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Exchange;

namespace DistSeq2Seq.Bench.Members;

/// <summary>An owner's additions alone: 65 MB of contributions added to as many numbers, chunk by chunk as they arrive.</summary>
internal static class SumMember
{
    /// <summary>The hidden verb.</summary>
    public static Command Create() => MemberOptions.Alone("sum-member", Run);

    private static Measurement Run(int warmup, int rounds)
    {
        var chunk = new ClusterConfiguration().ChunkBytes / sizeof(float);
        var (sums, contribution) = (new float[ReferenceCase.ExchangeElements], new float[ReferenceCase.ExchangeElements]);
        Array.Fill(contribution, 1f);
        void Add()
        {
            for (var first = 0; first < sums.Length; first += chunk)
            {
                var count = Math.Min(chunk, sums.Length - first);
                ChunkReducer.AddInto(sums.AsSpan(first, count), contribution.AsSpan(first, count));
            }
        }

        var measured = RoundTimer.Measure(warmup, rounds, Add);
        return Array.TrueForAll(sums, value => value == warmup + rounds)
            ? measured
            : throw new InvalidOperationException("the sums are wrong");
    }
}
