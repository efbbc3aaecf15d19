using Xunit;

namespace DistSeq2Seq.Configuration.Tests;

public class TrainingSpanTests
{
    [Theory]
    [InlineData("0", 0, SpanUnit.Updates, "0")]
    [InlineData("500", 500, SpanUnit.Updates, "500")]
    [InlineData("1_000", 1000, SpanUnit.Updates, "1000")]
    [InlineData("500u", 500, SpanUnit.Updates, "500")]
    [InlineData("100Ku", 100_000, SpanUnit.Updates, "100000")]
    [InlineData("3Mu", 3_000_000, SpanUnit.Updates, "3Mu")]
    [InlineData("10Gt", 10_000_000_000, SpanUnit.Tokens, "10Gt")]
    [InlineData("1.1Kt", 1100, SpanUnit.Tokens, "1100t")]
    [InlineData("4kt", 4000, SpanUnit.Tokens, "4Kt")]
    [InlineData("5e", 5, SpanUnit.Epochs, "5e")]
    [InlineData("0.25e", 0.25, SpanUnit.Epochs, "0.25e")]
    public void TryParse_OfEveryForm_IsTheAmountAndWrittenAnew(string text, double amount, SpanUnit unit, string written)
    {
        Assert.True(TrainingSpan.TryParse(text, out var span));
        Assert.Equal(new TrainingSpan(amount, unit), span);
        Assert.Equal(written, span.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-5")]
    [InlineData("5x")]
    [InlineData("5 e")]
    [InlineData("1.5")]
    [InlineData("1.5u")]
    [InlineData("0.0001Kt")]
    [InlineData("10K")]
    [InlineData("e")]
    [InlineData(".5e")]
    [InlineData("1e5")]
    [InlineData("99999999999Gt")]
    [InlineData("99999999999999999999999999999999999")]
    public void TryParse_OfAnythingElse_Refuses(string text) => Assert.False(TrainingSpan.TryParse(text, out _));

    [Fact]
    public void ToString_OfRandomSpans_IsReadBackEqual()
    {
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var unit = (SpanUnit)random.Next(3);
            var amount = unit == SpanUnit.Epochs
                ? Math.Round(random.NextDouble() * 100, 4)
                : random.NextInt64(1, 2_000_000) * (long)Math.Pow(10, random.Next(0, 10));
            var span = new TrainingSpan(amount, unit);
            Assert.True(TrainingSpan.TryParse(span.ToString(), out var again), span.ToString());
            Assert.Equal(span, again);
        }
    }
}
