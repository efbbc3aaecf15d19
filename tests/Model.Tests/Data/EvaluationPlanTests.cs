using DistSeq2Seq.Model.Data.Batching;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

public sealed class EvaluationPlanTests
{
    [Fact]
    public void Create_AnyCorpus_HasEverySentenceOnceWithinTheLimit() =>
        Prop.ForAll(TestCorpus.Lengths.ToArbitrary(), Gen.Choose(1, 300).ToArbitrary(), (lengths, limit) =>
        {
            using var corpus = TestCorpus.Create(lengths);
            var plan = EvaluationPlan.Create(corpus, limit);

            var pieces = Enumerable.Range(0, plan.Count).Select(p => plan.Sentences(p).ToArray()).ToArray();

            Assert.Equal(Enumerable.Range(0, corpus.Count), pieces.SelectMany(p => p).Order());
            Assert.Equal(corpus.TargetTokens + corpus.Count, Enumerable.Range(0, plan.Count).Sum(plan.TargetTokens));
            Assert.All(pieces, piece =>
            {
                var longest = piece.Max(s => Math.Max(corpus.SourceLength(s), corpus.TargetLength(s)) + 1);
                Assert.True(piece.Length == 1 || piece.Length * longest <= limit);
                Assert.Equal(piece.OrderByDescending(corpus.SourceLength).ThenBy(s => s), piece);
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Create_Twice_GivesTheSamePieces()
    {
        using var corpus = TestCorpus.Create([(3, 1), (1, 2), (3, 1), (5, 4)]);

        var pieces = EvaluationPlan.Create(corpus, 8);

        Assert.Equal([[3], [0, 2], [1]], Enumerable.Range(0, pieces.Count).Select(p => pieces.Sentences(p).ToArray()));
    }
}
