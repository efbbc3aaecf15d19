using System.Globalization;
using DistSeq2Seq.Cluster.Tests.Chaos;
using Xunit;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>A failed test's seed can be given back.</summary>
public sealed class ChaosSeedTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("417", 417)]
    [InlineData("2147483647", int.MaxValue)]
    public void Draw_GivenASeed_IsThatSeed(string given, int seed) => Assert.Equal(seed, ChaosSeed.Draw(given));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Draw_GivenNothing_IsShortEnoughToBeTyped(string? given) => Assert.InRange(ChaosSeed.Draw(given), 0, 999);

    [Theory]
    [InlineData("4x2")]
    [InlineData("-1")]
    [InlineData(" 7")]
    [InlineData("1.5")]
    [InlineData("2147483648")]
    public void Draw_GivenWhatIsNoSeed_RefusesItNamingVariableValueAndRange(string given)
    {
        var message = Assert.Throws<FormatException>(() => ChaosSeed.Draw(given)).Message;

        Assert.StartsWith($"DISTSEQ2SEQ_CHAOS_SEED is `{given}`, but a seed is a whole number from 0 to 2147483647; ", message,
            StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void FaultSeed_VariableSet_IsThatSeed()
    {
        // Whoever has set it keeps it: other tests draw at this moment. If nobody has, they may as well draw this one.
        var before = Environment.GetEnvironmentVariable(ChaosSeed.Variable);
        var given = string.IsNullOrEmpty(before) ? "417" : before;
        Environment.SetEnvironmentVariable(ChaosSeed.Variable, given);
        try
        {
            using var machine = OneMachine.New();
            Assert.Equal(int.Parse(given, CultureInfo.InvariantCulture), machine.FaultSeed);
        }
        finally
        {
            Environment.SetEnvironmentVariable(ChaosSeed.Variable, before);
        }
    }

    [Fact]
    public void FaultSeed_OfMachinesWithRandomDelays_IsThatOfTheDelays()
    {
        using var machines = DisturbedMachines.New(new LinkWeather(seed: 5));

        Assert.Equal(5, machines.FaultSeed);
    }
}
