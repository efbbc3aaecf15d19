using DistSeq2Seq.Model.Training;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Training;

public sealed class ParameterInitializerTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void Uniform_OfManyParameters_FillsTheWholeRangeEvenly(double scale)
    {
        var values = new float[100_000];

        ParameterInitializer.Uniform(values, scale, seed: 5);

        Assert.All(values, value => Assert.InRange(value, -(float)scale, (float)scale));
        Assert.Equal(0, values.Average(v => (double)v), 0.01 * scale);
        // The variance of a uniform distribution of this width.
        Assert.Equal(scale * scale / 3, values.Average(v => (double)v * v), 0.01 * scale * scale);
        for (var tenth = 0; tenth < 10; tenth++)
        {
            var from = ((tenth / 5.0) - 1) * scale;
            Assert.InRange(values.Count(v => v >= from && v < from + (scale / 5)), 9_500, 10_500);
        }
    }

    [Fact]
    public void Uniform_OfASeed_StaysAsItIs()
    {
        var values = new float[4];

        ParameterInitializer.Uniform(values, 0.1, seed: 1);

        // Pinned: another value would make every run that is resumed or repeated another run.
        Assert.Equal([-0.0488229617f, -0.0823352337f, -0.0419009216f, 0.0132566337f], values);
    }

    [Fact]
    public void Uniform_OfAShorterArray_IsABeginning()
    {
        var (all, some) = (new float[100], new float[40]);

        ParameterInitializer.Uniform(all, 0.1, seed: 3);
        ParameterInitializer.Uniform(some, 0.1, seed: 3);

        Assert.Equal(all[..40], some);
    }

    [Fact]
    public void Uniform_OfOtherSeeds_IsOther()
    {
        var seeds = new long[] { 0, 1, 2, long.MaxValue };

        var firsts = seeds.Select(seed =>
        {
            var values = new float[8];
            ParameterInitializer.Uniform(values, 0.1, seed);
            return string.Join(' ', values);
        });

        Assert.Equal(seeds.Length, firsts.Distinct().Count());
    }
}
