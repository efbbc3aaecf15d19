using DistSeq2Seq.Protocol.Plans;
using Xunit;

namespace DistSeq2Seq.Protocol.Tests.Plans;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.5)]
    [InlineData(2, 1)]
    [InlineData(5, 8)]
    [InlineData(6, 12)]
    [InlineData(int.MaxValue, 12)]
    public void After_Failures_DoublesUpToTheLongest(int failures, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(12)).After(failures));
}
