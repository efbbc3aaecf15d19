using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Corpus;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

public sealed class MicroBatchArraysTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fill_Pairs_LaysThemOutTimeMajorWithSpecialTokens()
    {
        using var corpus = Corpus(([10, 11, 12], [20]), ([13], [21, 22]));
        var arrays = new MicroBatchArrays();

        arrays.Fill(corpus, [0, 1]);

        Assert.Equal((2, 4, 3), (arrays.BatchSize, arrays.SourceLength, arrays.TargetLength));
        Assert.Equal([10, 13, 11, 3, 12, 0, 3, 0], arrays.Source.ToArray());
        Assert.Equal([4, 2], arrays.SourceLengths.ToArray());
        Assert.Equal([2, 2, 20, 21, 0, 22], arrays.TargetInput.ToArray());
        Assert.Equal([20, 21, 3, 22, 0, 3], arrays.TargetOutput.ToArray());
        Assert.Equal([2, 3], arrays.TargetLengths.ToArray());
        Assert.Equal(5, arrays.TargetTokens);
    }

    [Fact]
    public void Fill_AfterALargerBatch_LeavesNothingOfIt()
    {
        using var corpus = Corpus(([10, 11, 12, 13], [20, 21, 22]), ([14], [23]), ([15, 16], [24]));
        var arrays = new MicroBatchArrays();
        arrays.Fill(corpus, [0, 1, 2]);

        arrays.Fill(corpus, [2, 1]);

        Assert.Equal([15, 14, 16, 3, 3, 0], arrays.Source.ToArray());
        Assert.Equal([2, 2, 24, 23], arrays.TargetInput.ToArray());
        Assert.Equal([24, 23, 3, 3], arrays.TargetOutput.ToArray());
    }

    [Fact]
    public void Fill_NoSentence_IsEmpty()
    {
        using var corpus = Corpus(([10], [20]));
        var arrays = new MicroBatchArrays();
        arrays.Fill(corpus, [0]);

        arrays.Fill(corpus, []);

        Assert.Equal((0, 0, 0, 0L), (arrays.BatchSize, arrays.SourceLength, arrays.TargetLength, arrays.TargetTokens));
        Assert.True(arrays.Source.IsEmpty && arrays.TargetOutput.IsEmpty);
    }

    [Fact]
    public void FillSources_Sentences_GivesSourcesAlone()
    {
        var arrays = new MicroBatchArrays();

        arrays.FillSources([[10], [], [11, 12]]);

        Assert.Equal((3, 3, 0), (arrays.BatchSize, arrays.SourceLength, arrays.TargetLength));
        Assert.Equal([10, 3, 11, 3, 0, 12, 0, 0, 3], arrays.Source.ToArray());
        Assert.Equal([2, 1, 3], arrays.SourceLengths.ToArray());
        Assert.Equal(0, arrays.TargetTokens);
    }

    private PreparedCorpus Corpus(params (int[] Source, int[] Target)[] pairs)
    {
        using (var writer = new CorpusWriter(_folder["x.corpus"], 100, 100))
        {
            foreach (var (source, target) in pairs)
                writer.Add(source, target);
            writer.Complete();
        }
        return PreparedCorpus.Open(_folder["x.corpus"]);
    }

    [Fact]
    public void FillPairs_SentencesOfNoCorpus_StandAsThoseOfACorpus()
    {
        var arrays = new MicroBatchArrays();
        arrays.FillPairs([[5, 6], []], [[7], [8, 9]]);
        Assert.Equal((2, 3, 3, 5L), (arrays.BatchSize, arrays.SourceLength, arrays.TargetLength, arrays.TargetTokens));
        Assert.Equal([5L, 3, 6, 0, 3, 0], arrays.Source.ToArray());
        Assert.Equal([2L, 2, 7, 8, 0, 9], arrays.TargetInput.ToArray());
        Assert.Equal([7L, 8, 3, 9, 0, 3], arrays.TargetOutput.ToArray());
        Assert.Throws<ArgumentException>(() => arrays.FillPairs([[5]], []));
    }
}
