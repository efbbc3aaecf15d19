using Xunit;

namespace DistSeq2Seq.Configuration.Tests;

public class NearestNameTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("flaw", "lawn", 2)]
    public void Distance_OfTwoNames_IsTheFewestEdits(string left, string right, int edits)
    {
        Assert.Equal(edits, NearestName.Distance(left, right));
        Assert.Equal(edits, NearestName.Distance(right, left));
    }

    [Fact]
    public void Of_NoCandidates_IsNull() => Assert.Null(NearestName.Of("x", []));

    [Theory]
    [InlineData("tarin.tsv", "train.tsv")]
    [InlineData("TRAIN.TSV", "train.tsv")]
    [InlineData("english", null)]
    public void Near_OfFiles_IsTheOneThatWasProbablyMeant(string name, string? nearest) =>
        Assert.Equal(nearest, NearestName.Near(name, ["valid.tsv", "train.tsv", "test.tsv"]));
}
