using DistSeq2Seq.Model.Evaluation;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Evaluation;

public sealed class BleuTests
{
    [Fact]
    public void Corpus_OneWordDiffers_IsGeometricMeanOfPrecisions()
    {
        // Shared n-grams: 5 of 6 words, 3 of 5 pairs, 2 of 4 triples, 1 of 3 quadruples.
        var score = Bleu.Corpus(["the cat sat on the mat"], ["the cat sat on a mat"]);
        Assert.Equal(100 * Math.Pow(5.0 / 6 * 3 / 5 * 2 / 4 * 1 / 3, 0.25), score.Score, 9);
        Assert.Equal([500.0 / 6, 60.0, 50.0, 100.0 / 3], score.Precisions);
        Assert.Equal(1.0, score.BrevityPenalty);
        Assert.Equal((6, 6), (score.SystemLength, score.ReferenceLength));
    }

    [Fact]
    public void Corpus_PerfectOutput_IsExactly100() => Assert.Equal(100.0, Bleu.Corpus(["a b c d e"], ["a b c d e"]).Score);

    [Fact]
    public void Corpus_RepeatedWord_MatchesAreClipped()
    {
        var score = Bleu.Corpus(["the the the the"], ["the cat"], new BleuOptions { Smoothing = BleuSmoothing.None });
        Assert.Equal(25.0, score.Precisions[0], 9);
        Assert.Equal(0.0, score.Score);
    }

    [Fact]
    public void Corpus_ShortOutput_PaysBrevity()
    {
        var score = Bleu.Corpus(["a b c d"], ["a b c d e"]);
        Assert.Equal(Math.Exp(1 - 5.0 / 4), score.BrevityPenalty, 12);
        Assert.Equal(100 * Math.Exp(-0.25), score.Score, 9);
    }

    [Fact]
    public void Corpus_TwoSegments_SumsCountsBeforeDividing()
    {
        var score = Bleu.Corpus(["a b c d", "x"], ["a b c d", "y"]);
        Assert.Equal(100 * Math.Pow(4.0 / 5, 0.25), score.Score, 9);
    }

    [Theory]
    [InlineData(BleuSmoothing.None, null, 0.0)]
    // Orders 3 and 4 have no match: 1/2 and 1/4 of a match, of 2 and 1 possible.
    [InlineData(BleuSmoothing.Exponential, null, 3.0 / 4 * 1 / 3 * (1.0 / 4) * (1.0 / 4))]
    [InlineData(BleuSmoothing.Floor, null, 3.0 / 4 * 1 / 3 * (0.1 / 2) * 0.1)]
    [InlineData(BleuSmoothing.Floor, 0.5, 3.0 / 4 * 1 / 3 * (0.5 / 2) * 0.5)]
    [InlineData(BleuSmoothing.AddK, null, 3.0 / 4 * (2.0 / 4) * (1.0 / 3) * (1.0 / 2))]
    [InlineData(BleuSmoothing.AddK, 2.0, 3.0 / 4 * (3.0 / 5) * (2.0 / 4) * (2.0 / 3))]
    public void Corpus_OrdersWithoutMatch_AreSmoothed(BleuSmoothing smoothing, double? value, double product)
    {
        var score = Bleu.Corpus(["a b x c"], ["a b y c"], new BleuOptions { Smoothing = smoothing, SmoothingValue = value });
        Assert.Equal(100 * Math.Pow(product, 0.25), score.Score, 9);
    }

    [Fact]
    public void Sentence_TwoWords_CountsOnlyOrdersItHas()
    {
        var score = Bleu.Sentence("a b", "a c");
        Assert.Equal(50.0, score.Score, 9);
        Assert.Contains("|eff:yes|", score.Signature);
    }

    [Theory]
    [InlineData("something", "")]
    [InlineData("", "No.")]
    [InlineData("", "")]
    [InlineData("a", "b")]
    public void Sentence_NothingInCommon_IsZero(string hypothesis, string reference) =>
        Assert.Equal(0.0, Bleu.Sentence(hypothesis, reference).Score);

    [Fact]
    public void Corpus_Lowercase_IgnoresCase()
    {
        var options = new BleuOptions { Lowercase = true };
        Assert.Equal(100.0, Bleu.Corpus(["ÉTÉ À LA MER"], ["été à la mer"], options).Score, 9);
        Assert.Equal(0.0, Bleu.Corpus(["ÉTÉ À LA MER"], ["été à la mer"]).Score);
    }

    [Theory]
    [InlineData("Hello, world.", "Hello , world .")]
    [InlineData("It's 3.5% (or 1,000-2)!", "It's 3.5 % ( or 1,000 - 2 ) !")]
    [InlineData("AT&amp;T &lt;b&gt; &quot;x&quot;", "AT & T < b > \" x \"")]
    [InlineData("well-known 10-year", "well-known 10 - year")]
    [InlineData("  spaces\u00A0and\ttabs  ", "spaces and tabs")]
    [InlineData("😀. 数据。", "😀 . 数据。")]
    [InlineData("end..", "end . .")]
    public void Tokenize_Mteval13a_SeparatesPunctuation(string text, string tokens) =>
        Assert.Equal(tokens, string.Join(' ', BleuTokenizer.Tokenize(text, BleuTokenization.Mteval13a)));

    [Fact]
    public void Tokenize_Character_GivesCodePointsWithoutSpaces() =>
        Assert.Equal(["😀", "é", "数", "."], BleuTokenizer.Tokenize("😀 é数 .", BleuTokenization.Character));

    [Fact]
    public void Signature_NamesEveryChoice()
    {
        var options = new BleuOptions
        {
            Tokenization = BleuTokenization.Character,
            Lowercase = true,
            Smoothing = BleuSmoothing.Floor,
            SmoothingValue = 0.25,
        };
        Assert.StartsWith(
            "nrefs:1|case:lc|eff:no|tok:char|smooth:floor[0.25]|version:distseq2seq-", Bleu.Corpus(["a"], ["a"], options).Signature);
    }

    [Fact]
    public void Corpus_UnequalCounts_NamesBoth()
    {
        var error = Assert.Throws<ArgumentException>(() => Bleu.Corpus(["a", "b"], ["a"]));
        Assert.Contains("2 hypotheses but 1 references", error.Message);
    }

    [Theory]
    [InlineData("ΟΔΟΣ ΣΑΣ", "οδος σας")]
    [InlineData("İ", "i\u0307")]
    public void ToLower_SpecialLetters_FollowsUnicode(string text, string lower)
    {
        var options = new BleuOptions { Lowercase = true, Tokenization = BleuTokenization.None };
        Assert.Equal(100.0, Bleu.Sentence(text, lower, options).Score, 9);
        Assert.Equal(100.0, Bleu.Sentence(text, lower, options with { Tokenization = BleuTokenization.Character }).Score, 9);
    }
}
