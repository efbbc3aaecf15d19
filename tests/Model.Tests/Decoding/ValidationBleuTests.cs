using DistSeq2Seq.Configuration;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Evaluation;
using DistSeq2Seq.Model.Tests.Data;
using DistSeq2Seq.Model.Tests.Nn;
using DistSeq2Seq.Model.Tests.Training;
using DistSeq2Seq.Model.Training;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Decoding;

[Collection(TorchCollection.Name)]
public sealed class ValidationBleuTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void Count_SummedOverPieces_IsBleuOfGreedyTranslationsOneByOne(double averaged)
    {
        using var data = Prepare();
        var configuration = Runs.Small with { Training = Runs.Small.Training with { EmaDecay = averaged } };
        var schedule = new BatchSchedule(data, configuration);
        Assert.InRange(schedule.Pieces, 2, 100);
        using var replica = new Replica(configuration, data.SourceVocabulary.Count, data.TargetVocabulary.Count);
        foreach (ref var weight in replica.Parameters.AsSpan())
            weight *= 8; // random, and sure of it
        for (var i = 0; averaged > 0 && i < replica.Parameters.Length; i++)
            // the average, which translates, is another model
            replica.Sections[1][i] = i % 3 == 0 ? -replica.Parameters[i] : replica.Parameters[i];
        var validation = new ValidationBleu(data, schedule);
        var sums = new long[Bleu.CountsOf(BleuOptions.Default)];
        for (var piece = schedule.Pieces - 1; piece >= 0; piece--)
        {
            var counts = validation.Count(replica, piece);
            Assert.Equal(counts, validation.Count(replica, piece));
            for (var i = 0; i < sums.Length; i++)
                sums[i] += counts[i];
        }

        var target = new SentenceEncoder(data.TargetTokenizer, data.TargetVocabulary);
        var (outputs, references) = (new List<string>(), new List<string>());
        for (var i = 0; i < data.ValidCorpus!.Count; i++)
        {
            int[][] source = [data.ValidCorpus.Source(i).ToArray()];
            outputs.Add(replica.Evaluate(model =>
                target.Decode(BatchDecoder.Decode(model, source, new DecodingOptions { Beam = 1 })[0][0].Tokens)));
            references.Add(target.Decode(data.ValidCorpus.Target(i)).Replace("<unk>", "\uFFFD", StringComparison.Ordinal));
        }

        Assert.Equal(Bleu.Corpus(outputs, references).Score, Bleu.Corpus(sums).Score);
        Assert.Contains("\uFFFD", string.Concat(references));
        Assert.True(sums[1] > 0, "no word is right: the test shows little");
    }

    private PreparedFolder Prepare()
    {
        var random = new DeterministicRandom(3);
        CorpusSource Text(string name, int lines, int words) => CorpusSource.Tsv(_folder.Write(name, string.Concat(
            Enumerable.Range(0, lines).Select(_ => $"{Sentence(random, words)}\t{Sentence(random, words)}\n"))));
        CorpusPreparer.Prepare(new PrepareOptions { Train = Text("train.tsv", 100, 12), Valid = Text("valid.tsv", 500, 15) },
            _folder["data"]);
        return PreparedFolder.Open(_folder["data"]);
    }

    private static string Sentence(DeterministicRandom random, int words) =>
        string.Join(' ', Enumerable.Range(0, 1 + random.Below(12)).Select(_ => $"w{random.Below(words)}"));
}
