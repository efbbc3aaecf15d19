using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Tests.Data;
using DistSeq2Seq.Model.Training;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Training;

public sealed class BatchScheduleTests : IDisposable
{
    private static readonly RunConfiguration Configuration = new() { Seed = 5, Training = new() { BatchTokens = 60, MicroBatches = 3 } };

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Batches_OfAnEpoch_HoldEverySentenceOnce()
    {
        using var data = Prepare(withValidation: false);
        var schedule = new BatchSchedule(data, Configuration);

        for (var epoch = 0; epoch < 2; epoch++)
            Assert.Equal(Enumerable.Range(0, schedule.Train.Count), SentencesOf(schedule, epoch).Order());

        Assert.NotEqual(SentencesOf(schedule, 0), SentencesOf(schedule, 1));
    }

    [Fact]
    public void Batch_AskedForInAnyOrder_IsTheSame()
    {
        using var data = Prepare(withValidation: false);
        var (one, other) = (new BatchSchedule(data, Configuration), new BatchSchedule(data, Configuration));
        var expected = SentencesOf(one, 0);

        SentencesOf(other, 3);

        Assert.Equal(expected, SentencesOf(other, 0));
        Assert.NotEqual(expected, SentencesOf(new BatchSchedule(data, Configuration with { Seed = 6 }), 0));
    }

    [Fact]
    public void Pieces_OfTheValidationSplit_HoldAllItsTokens()
    {
        using var data = Prepare(withValidation: true);
        var schedule = new BatchSchedule(data, Configuration);
        var arrays = new MicroBatchArrays();
        long tokens = 0, sentences = 0;

        for (var piece = 0; piece < schedule.Pieces; piece++)
        {
            schedule.FillPiece(arrays, piece);
            tokens += arrays.TargetTokens;
            sentences += arrays.BatchSize;
            Assert.Equal(arrays.SourceLengths.ToArray().OrderDescending(), arrays.SourceLengths.ToArray());
        }

        Assert.Equal(data.ValidCorpus!.Count, sentences);
        Assert.Equal(Enumerable.Range(0, data.ValidCorpus.Count).Sum(i => data.ValidCorpus.TargetLength(i) + 1L), tokens);
    }

    [Fact]
    public void Pieces_WithoutAValidationSplit_AreNone()
    {
        using var data = Prepare(withValidation: false);

        Assert.Equal(0, new BatchSchedule(data, Configuration).Pieces);
    }

    [Fact]
    public void FillMicroBatch_WithDropout_IsAFunctionOfSeedEpochAndSentence()
    {
        using var data = Prepare(withValidation: false, TokenizerFactory.Bpe);
        var configuration = Configuration with { Data = new() { Tokenizer = TokenizerFactory.Bpe, BpeDropout = 0.3 } };
        var expected = Sentences(new BatchSchedule(data, configuration), epoch: 1);

        // Another process, which filled other micro-batches before, and these in another order.
        var other = new BatchSchedule(data, configuration);
        Sentences(other, epoch: 2);
        Sentences(other, epoch: 1, backwards: true);
        Assert.Equal(expected, Sentences(other, epoch: 1));

        // The sentences are those of the plan, cut into other subwords, which differ for each epoch and seed.
        var plain = Sentences(new BatchSchedule(data, Configuration), epoch: 1);
        Assert.NotEqual(plain, expected);
        Assert.Equal(Texts(plain), Texts(expected));
        Assert.NotEqual(plain.Values.Order(StringComparer.Ordinal), expected.Values.Order(StringComparer.Ordinal));
        Assert.NotEqual(expected.Values.Order(StringComparer.Ordinal), Sentences(other, epoch: 2).Values.Order(StringComparer.Ordinal));
        Assert.NotEqual(expected, Sentences(new BatchSchedule(data, configuration with { Seed = 6 }), epoch: 1));

        string[] Texts(SortedDictionary<(int, int, int), string> sentences) =>
            [.. sentences.Values.Select(text => text.Replace("@@ ", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

        SortedDictionary<(int Index, int Micro, int Row), string> Sentences(BatchSchedule schedule, int epoch, bool backwards = false)
        {
            var (found, arrays) = (new SortedDictionary<(int, int, int), string>(), new MicroBatchArrays());
            for (var i = 0; i < schedule.BatchesOf(epoch); i++)
            {
                var batch = schedule.Batch(epoch, backwards ? schedule.BatchesOf(epoch) - 1 - i : i);
                for (var micro = 0; micro < batch.MicroBatches; micro++)
                {
                    schedule.FillMicroBatch(arrays, epoch, batch, micro);
                    Assert.Equal(batch.Sentences(micro).Length, arrays.BatchSize);
                    Assert.Equal(arrays.SourceLengths.ToArray().OrderDescending(), arrays.SourceLengths.ToArray());
                    for (var row = 0; row < arrays.BatchSize; row++)
                    {
                        var (source, target) = (new List<string>(), new List<string>());
                        for (var t = 0; t < arrays.SourceLengths[row] - 1; t++)
                            source.Add(data.SourceVocabulary[(int)arrays.Source[(t * arrays.BatchSize) + row]]);
                        for (var t = 0; t < arrays.TargetLengths[row] - 1; t++)
                            target.Add(data.TargetVocabulary[(int)arrays.TargetOutput[(t * arrays.BatchSize) + row]]);
                        found.Add((batch.Index, micro, row), $"{string.Join(' ', source)} | {string.Join(' ', target)}");
                    }
                }
            }

            return found;
        }
    }

    private static int[] SentencesOf(BatchSchedule schedule, int epoch)
    {
        var sentences = new List<int>();
        for (var index = 0; index < schedule.BatchesOf(epoch); index++)
        {
            var batch = schedule.Batch(epoch, index);
            for (var micro = 0; micro < batch.MicroBatches; micro++)
                sentences.AddRange(batch.Sentences(micro));
        }

        return [.. sentences];
    }

    private PreparedFolder Prepare(bool withValidation, string tokenizer = TokenizerFactory.Word)
    {
        var cut = new TokenizerOptions { Name = tokenizer };
        var options = new PrepareOptions
        {
            Train = Source("train", 50),
            Valid = withValidation ? Source("valid", 700) : null,
            SourceTokenizer = cut,
            TargetTokenizer = cut,
            BpeMerges = 20,
            AllSubwords = true,
        };
        CorpusPreparer.Prepare(options, _folder["data"]);
        return PreparedFolder.Open(_folder["data"]);
    }

    private CorpusSource Source(string name, int lines)
    {
        var text = Enumerable.Range(0, lines)
            .Select(i => string.Join(' ', Enumerable.Range(0, 1 + (i % 9)).Select(j => $"w{(i + j) % 20}"))).ToArray();
        File.WriteAllLines(_folder[name + ".source"], text);
        File.WriteAllLines(_folder[name + ".target"], text.Reverse());
        return CorpusSource.Parallel(_folder[name + ".source"], _folder[name + ".target"]);
    }
}
