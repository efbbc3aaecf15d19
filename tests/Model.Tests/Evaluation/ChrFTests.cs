using DistSeq2Seq.Model.Evaluation;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Evaluation;

public sealed class ChrFTests
{
    [Fact]
    public void Corpus_SameText_IsHundred() =>
        Assert.Equal(100.0, ChrF.Corpus(["un chat noir"], ["un chat noir"]).Score, 9);

    [Fact]
    public void Sentence_OneLetterDiffers_IsFScoreOfMeanPrecisionAndRecall()
    {
        // "abcd" and "abc": precisions 3/4, 2/3, 1/2; recalls 1, 1, 1; the reference has no 4-gram.
        var precision = (3.0 / 4 + 2.0 / 3 + 1.0 / 2) / 3;
        Assert.Equal(100 * 5 * precision / (4 * precision + 1), ChrF.Sentence("ab cd", "abc").Score, 9);
    }

    [Fact]
    public void Sentence_WordOrder_AddsWordsWithPunctuationApart()
    {
        // Characters "a." and "ab." : order 1: 2/2 and 2/3; order 2: 0/1 and 0/2. Words a, . and ab, . : order 1: 1/2 and 1/2;
        // order 2: 0/1 and 0/1.
        double precision = (1 + 0 + 0.5 + 0) / 4, recall = (2.0 / 3 + 0 + 0.5 + 0) / 4;
        var score = ChrF.Sentence("a.", "ab.", ChrFOptions.PlusPlus);
        Assert.Equal(100 * 5 * precision * recall / (4 * precision + recall), score.Score, 9);
        Assert.Equal("chrF2++", score.Name);
    }

    [Fact]
    public void Corpus_Lowercase_IgnoresCase() =>
        Assert.Equal(100.0, ChrF.Corpus(["ÇA"], ["ça"], new ChrFOptions { Lowercase = true }).Score, 9);

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "")]
    [InlineData("", "a")]
    [InlineData("a", "b")]
    public void Sentence_NothingInCommon_IsZero(string hypothesis, string reference) =>
        Assert.Equal(0.0, ChrF.Sentence(hypothesis, reference).Score);

    [Fact]
    public void Signature_NamesEveryChoice() =>
        Assert.StartsWith(
            "nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:distseq2seq-",
            ChrF.Corpus(["a"], ["a"], ChrFOptions.PlusPlus).Signature);
}
