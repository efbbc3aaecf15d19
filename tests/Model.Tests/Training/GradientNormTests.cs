using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Training;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Training;

public sealed class GradientNormTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1024)]
    [InlineData(1029)]
    [InlineData(1_000_003)]
    public void Of_AnyLength_IsTheRootOfTheSquaresSum(int length)
    {
        var random = new DeterministicRandom(4);
        var values = new float[length];
        for (var i = 0; i < length; i++)
            values[i] = (random.Below(2_000_001) - 1_000_000) / 1000f;
        var expected = Math.Sqrt(values.Sum(v => (double)v * v));

        Assert.Equal(expected, GradientNorm.Of(values), 1e-6 * expected);
    }

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(float.NaN, 1027)]
    [InlineData(float.PositiveInfinity, 3)]
    [InlineData(float.NegativeInfinity, 1026)]
    public void Of_AnElementThatIsNotFinite_IsNotFinite(float value, int place)
    {
        var values = new float[1028];
        values[place] = value;

        Assert.False(double.IsFinite(GradientNorm.Of(values)));
    }
}
