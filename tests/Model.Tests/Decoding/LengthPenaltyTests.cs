using DistSeq2Seq.Model.Decoding;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Decoding;

public sealed class LengthPenaltyTests
{
    // (5 + |Y|)^α / 6^α, worked out by hand: α = 1 and 2 give fractions, 1/2 roots.
    [Theory]
    [InlineData(1, 0.6, 1)]
    [InlineData(19, 0, 1)]
    [InlineData(7, 1, 2)]
    [InlineData(10, 1, 2.5)]
    [InlineData(13, 2, 9)]
    [InlineData(19, 0.5, 2)]
    public void Of_FollowsTheEquation(int length, double alpha, double expected) =>
        Assert.Equal(expected, LengthPenalty.Of(length, alpha), 1e-12);
}
