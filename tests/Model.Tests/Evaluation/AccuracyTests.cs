using DistSeq2Seq.Model.Evaluation;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Evaluation;

public sealed class AccuracyTests
{
    [Fact]
    public void ExactMatch_HalfRight_IsHalf() => Assert.Equal(0.5, Accuracy.ExactMatch(["a b", "c"], ["a b", "C"]));

    [Fact]
    public void Tokens_LengthsDiffer_MissingAndSurplusPositionsAreWrong() =>
        Assert.Equal(3.0 / 6, Accuracy.Tokens(["a b c", "d"], ["a x c", "d e f"]));

    [Fact]
    public void Tokens_NoTokens_IsZero() => Assert.Equal(0.0, Accuracy.Tokens([""], [""]));

    [Fact]
    public void Classification_ThreeLabels_GivesMacroAndMicro()
    {
        var score = Classification.Score(["yes", "yes", "no", "maybe"], ["yes", "no", "no", "no"]);
        Assert.Equal(0.5, score.Accuracy);
        Assert.Equal(0.5, score.MicroF1, 12);
        // yes: precision 1/2, recall 1; no: precision 1, recall 1/3; maybe: never true.
        Assert.Equal((2.0 / 3 + 0.5 + 0.0) / 3, score.MacroF1, 12);
        Assert.Equal(["maybe", "no", "yes"], score.Labels.Select(label => label.Label));
        Assert.Equal([0, 3, 1], score.Labels.Select(label => label.Support));
    }
}
