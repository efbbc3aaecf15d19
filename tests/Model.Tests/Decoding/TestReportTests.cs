using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Decoding;
using DistSeq2Seq.Model.Evaluation;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Decoding;

[Collection(ToyCollection.Name)]
public sealed class TestReportTests(TrainedToyRun toy)
{
    [Fact]
    public void Run_ScoresTheTestSplit_AndShowsSentencesOfIt()
    {
        var report = TestReport.Run(toy.Model, toy.DataPath, 5);
        var sources = File.ReadAllLines(Path.Combine(toy.DataPath, PreparedFolder.SourceTextFile(PreparedFolder.Test)));
        Assert.InRange(report.Bleu.Score, 90, 100);
        Assert.Contains("tok:13a", report.Bleu.Signature);
        Assert.Equal(sources.Where((_, i) => i % (sources.Length / 5) == 0), report.Samples.Select(s => s.Source));
        Assert.All(report.Samples, s => Assert.Equal(ToyRun.Translate(s.Source), s.Reference));

        string[] outputs = [.. new Translator(toy.Model).Translate(sources).Select(t => t.Text)];
        Assert.Equal(Bleu.Corpus(outputs, [.. sources.Select(ToyRun.Translate)]), report.Bleu with { Precisions = report.Bleu.Precisions },
            Same);
    }

    [Fact]
    public void Run_MoreSamplesThanSentences_ShowsAll() =>
        Assert.Equal(40, TestReport.Run(toy.Model, toy.DataPath, 1000).Samples.Count);

    [Fact]
    public void Run_WithoutTestSplit_NamesTheFile()
    {
        using var folder = new Data.TestFolder();
        Assert.False(TestReport.HasTestSplit(folder.Path));
        Assert.True(TestReport.HasTestSplit(toy.DataPath));
        Assert.Contains("test.source.txt", Assert.Throws<DataException>(() => TestReport.Run(toy.Model, folder.Path, 5)).Message);
        folder.Write("test.source.txt", "a1\na2\n");
        folder.Write("test.target.txt", "b1\n");
        var message = Assert.Throws<DataException>(() => TestReport.Run(toy.Model, folder.Path, 5)).Message;
        Assert.Contains("has 2 lines", message);
        Assert.Contains("test.target.txt 1;", message);
    }

    private static bool Same(BleuScore a, BleuScore b) => a.Score == b.Score && a.SystemLength == b.SystemLength
        && a.Signature == b.Signature;
}
