using Xunit;

namespace DistSeq2Seq.Configuration.Tests;

public sealed class SplitCorporaTests
{
    private const string Valid = "valid: { source: c, target: d }";

    [Theory]
    [InlineData("train: { source: [a, b.x], target: [c, d], tag: [fr, de], weight: [1, 0.5] }")]
    [InlineData("train: { source: 'a, b.x', target: 'c,d', tag: 'fr , de', weight: '1,0.5' }")]
    public void Of_ListsOrCommas_GivesTheCorpora(string train)
    {
        var configuration = Parse(train);
        Assert.Equal(
            [new CorpusPart("a", "c", "", "fr", 1), new CorpusPart("b.x", "d", "", "de", 0.5)],
            SplitCorpora.Of(configuration.Data.Train, "data.train"));
        Assert.Equal(configuration, ConfigurationReader.Parse(ConfigurationWriter.ToYaml(configuration), "again"));
        Assert.Equal([new CorpusPart("c", "d", "", "", 1)], SplitCorpora.Of(configuration.Data.Valid, "data.valid"));
    }

    [Theory]
    [InlineData("train: { source: [a, b], target: c }", Valid, "data.train.target has 1 values and data.train has 2 corpora")]
    [InlineData("train: { source: a, target: c, tag: [x, y] }", Valid, "data.train.tag has 2 values and data.train has 1 corpora")]
    [InlineData("train: { source: a, target: c, tag: <2fr> }", Valid, "data.train.tag holds `<2fr>`")]
    [InlineData("train: { source: a, target: c, weight: 0 }", Valid, "data.train.weight holds `0`; a weight is a number above 0")]
    [InlineData("train: { source: a, target: c, weight: many }", Valid, "data.train.weight holds `many`")]
    [InlineData("train: { source: a, target: c }", "valid: { source: c, target: d, weight: 2 }",
        "data.valid.weight is `2`; only data.train has weights")]
    public void Parse_ListsThatDoNotFit_AreRefused(string train, string valid, string expected) =>
        Assert.Contains(expected, Assert.Throws<ConfigurationException>(() => Parse(train, valid)).Message, StringComparison.Ordinal);

    private static RunConfiguration Parse(string train, string valid = Valid) =>
        ConfigurationReader.Parse($"data:\n  format: parallel\n  {train}\n  {valid}\n", "x.yaml");
}
