using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Corpus;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

public sealed class EpochPlanTests
{
    private static readonly Gen<BatchingOptions> AnyOptions =
        from tokens in Gen.Choose(1, 200)
        from micro in Gen.Choose(1, 9)
        from seed in ArbMap.Default.GeneratorFor<long>()
        from width in Gen.Choose(1, 8)
        from sentences in Gen.Choose(0, 6)
        select new BatchingOptions(tokens, micro, seed, width, sentences);

    [Fact]
    public void Create_AnyCorpus_HasEverySentenceOnce() => ForAll((corpus, plan) =>
    {
        var seen = Batches(plan).SelectMany(Sentences).Order().ToArray();
        Assert.Equal(Enumerable.Range(0, corpus.Count), seen);
    });

    [Fact]
    public void Create_SameInputs_GivesTheSamePlan() => ForAll((corpus, plan) =>
    {
        var again = EpochPlan.Create(corpus, plan.Options with { }, plan.Epoch);
        Assert.Equal(Written(plan), Written(again));
    });

    [Fact]
    public void Create_AnyCorpus_KeepsTheTokenBudget() => ForAll((_, plan) =>
        Assert.All(Batches(plan), batch =>
        {
            Assert.True(batch.SentenceCount >= 1);
            Assert.True(batch.TargetTokens <= plan.Options.BatchTokens || batch.SentenceCount == 1);
            Assert.True(plan.Options.MaxSentences == 0 || batch.SentenceCount <= plan.Options.MaxSentences);
        }));

    [Fact]
    public void Create_AnyCorpus_CutsBatchesIntoMicroBatchesOfAboutEqualTokens() => ForAll((corpus, plan) =>
        Assert.All(Batches(plan), batch =>
        {
            Assert.Equal(plan.Options.MicroBatches, batch.MicroBatches);
            Assert.Equal(batch.TargetTokens, Enumerable.Range(0, batch.MicroBatches).Sum(batch.MicroTargetTokens));
            var longest = Sentences(batch).Max(corpus.TargetLength) + 1;
            for (var micro = 0; micro < batch.MicroBatches; micro++)
                Assert.InRange(batch.MicroTargetTokens(micro) - (double)batch.TargetTokens / batch.MicroBatches, -longest, longest);
        }));

    [Fact]
    public void Create_AnyCorpus_OrdersMicroBatchesBySourceLengthThenIndex() => ForAll((corpus, plan) =>
        Assert.All(Batches(plan), batch =>
        {
            for (var micro = 0; micro < batch.MicroBatches; micro++)
            {
                var sentences = batch.Sentences(micro).ToArray();
                Assert.Equal(sentences.OrderByDescending(corpus.SourceLength).ThenBy(s => s), sentences);
            }
        }));

    [Fact]
    public void Create_OtherSeedEpochOrCorpus_GivesOtherOrders()
    {
        var lengths = Enumerable.Range(0, 500).Select(i => (i % 7 + 1, i % 5 + 1)).ToArray();
        using var corpus = TestCorpus.Create(lengths);
        using var other = TestCorpus.Create(lengths, seed: 2);
        var options = new BatchingOptions(40, 4, 1);

        string[] plans =
        [
            Written(EpochPlan.Create(corpus, options, 0)),
            Written(EpochPlan.Create(corpus, options, 1)),
            Written(EpochPlan.Create(corpus, options with { Seed = 2 }, 0)),
            Written(EpochPlan.Create(other, options, 0)),
        ];

        Assert.Equal(plans.Length, plans.Distinct().Count());
    }

    [Fact]
    public void Create_KnownCorpus_GivesTheOrderItAlwaysGave()
    {
        using var corpus = TestCorpus.Create([(3, 1), (1, 2), (2, 3), (5, 4), (4, 5), (1, 1), (2, 2), (9, 9)]);

        var plan = EpochPlan.Create(corpus, new BatchingOptions(10, 2, 42, BucketWidth: 2), 3);

        Assert.Equal("0,5 | 2 / 6 | 1 /  | 4 /  | 7 /  | 3", Written(plan));
    }

    [Fact]
    public void Create_FewerSentencesThanMicroBatches_LeavesSomeEmpty()
    {
        using var corpus = TestCorpus.Create([(3, 4), (2, 4)]);

        var batch = EpochPlan.Create(corpus, new BatchingOptions(100, 4, 1), 0).Batch(0);

        Assert.Equal(2, Enumerable.Range(0, 4).Count(m => batch.Sentences(m).IsEmpty));
        Assert.Equal(10, batch.TargetTokens);
    }

    [Fact]
    public void Create_LikeLengths_MeetInBatches()
    {
        var lengths = Enumerable.Range(0, 2000).Select(i => (i * 7919 % 40 + 1, i * 7919 % 40 + 1)).ToArray();
        using var corpus = TestCorpus.Create(lengths);

        var plan = EpochPlan.Create(corpus, new BatchingOptions(1000, 4, 1), 0);

        Assert.All(Batches(plan), batch =>
        {
            var targets = Sentences(batch).Select(corpus.TargetLength).ToArray();
            Assert.InRange(targets.Max() - targets.Min(), 0, 8);
        });
    }

    [Theory]
    [InlineData(0, 1, 1, 0, "BatchTokens is 0")]
    [InlineData(1, 0, 1, 0, "MicroBatches is 0")]
    [InlineData(1, 1, 0, 0, "BucketWidth is 0")]
    [InlineData(1, 1, 1, -1, "MaxSentences is -1")]
    public void Create_ImpossibleOptions_NamesThem(long tokens, int micro, int width, int sentences, string error)
    {
        using var corpus = TestCorpus.Create([(1, 1)]);

        var thrown = Assert.Throws<DataException>(() => EpochPlan.Create(corpus, new BatchingOptions(tokens, micro, 1, width, sentences),
            0));

        Assert.Contains(error, thrown.Message, StringComparison.Ordinal);
    }

    private static void ForAll(Action<PreparedCorpus, EpochPlan> holds) =>
        Prop.ForAll(TestCorpus.Lengths.ToArbitrary(), AnyOptions.ToArbitrary(), Gen.Choose(0, 5).ToArbitrary(), (lengths, options, epoch) =>
        {
            using var corpus = TestCorpus.Create(lengths);
            holds(corpus, EpochPlan.Create(corpus, options, epoch));
        }).QuickCheckThrowOnFailure();

    private static IEnumerable<GlobalBatch> Batches(EpochPlan plan) => Enumerable.Range(0, plan.Count).Select(plan.Batch);

    private static IEnumerable<int> Sentences(GlobalBatch batch) =>
        Enumerable.Range(0, batch.MicroBatches).SelectMany(m => batch.Sentences(m).ToArray());

    private static string Written(EpochPlan plan) => string.Join(" / ", Batches(plan).Select(batch =>
        string.Join(" | ", Enumerable.Range(0, batch.MicroBatches).Select(m => string.Join(',', batch.Sentences(m).ToArray())))));
}
