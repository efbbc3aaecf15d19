using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Normalization;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Data.Tokenizers.Bpe;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

/// <summary>Preparing with subwords, normal forms and the length ratio.</summary>
public sealed class PrepareSubwordsTests : IDisposable
{
    private static readonly TokenizerOptions Bpe = new() { Name = TokenizerFactory.Bpe };

    private readonly TestFolder _folder = new();

    private string Output => _folder["prepared"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Prepare_Bpe_LearnsFromTheTrainingWordsOfEachSide()
    {
        CorpusPreparer.Prepare(Options(), Output);

        using var folder = PreparedFolder.Open(Output, verifyContent: true);
        var words = new Dictionary<string, long> { ["low"] = 5, ["lower"] = 2, ["newest"] = 6, ["widest"] = 3 };
        Assert.Equal(NaiveBpe.Learn(words, 10, 2), ((BpeTokenizer)folder.SourceTokenizer).Codes.Merges);
        Assert.Equal(["b a</w>", "b a", "ba ba</w>"], Lines("target.codes")[1..]);
        Assert.Equal(["source.codes", "source.vocab", "target.codes", "target.vocab", "tokenizer.json"],
            PreparedFolder.TranslationFiles(Output).Order(StringComparer.Ordinal));
        var encoder = new SentenceEncoder(folder.SourceTokenizer, folder.SourceVocabulary);
        Assert.Equal("low widest lower", encoder.Decode(encoder.Encode("low widest lower")));
        Assert.Equal(folder.TrainCorpus.Source(5).ToArray(), encoder.Encode("lower"));
        Assert.DoesNotContain(Vocabulary.Unknown, encoder.Encode("lower"));
    }

    [Fact]
    public void Prepare_BpeRaw_LearnsFromTextAsItStands_AndComesBack()
    {
        var raw = new TokenizerOptions { Name = TokenizerFactory.BpeRaw };
        var train = CorpusSource.Tsv(_folder.Write("raw.tsv", "我去北京。\tto to.\n我去北京。 我\tto to.\n"));
        CorpusPreparer.Prepare(new PrepareOptions { Train = train, SourceTokenizer = raw, TargetTokenizer = raw, BpeMerges = 2 }, Output);

        using var folder = PreparedFolder.Open(Output, verifyContent: true);
        var words = new Dictionary<string, long> { ["\u2581我去北京。"] = 2, ["\u2581我"] = 1 };
        Assert.Equal(NaiveBpe.Learn(words, 2, 2), ((BpeTokenizer)folder.SourceTokenizer).Codes.Merges);
        Assert.Equal(NaiveBpe.Learn(new Dictionary<string, long> { ["\u2581to"] = 2, ["\u2581to."] = 2 }, 2, 2)
            .Select(m => $"{m.Left} {m.Right}"), Lines("target.codes")[1..]);
        var encoder = new SentenceEncoder(folder.SourceTokenizer, folder.SourceVocabulary);
        Assert.Equal("我去北京。 我", encoder.Decode(folder.TrainCorpus.Source(1)));
        Assert.Equal(folder.TrainCorpus.Source(1).ToArray(), encoder.Encode("我去北京。 我"));
        Assert.DoesNotContain(Vocabulary.Unknown, encoder.Encode("我去北京。 我"));
    }

    [Fact]
    public void Prepare_BpeJoint_LearnsOneListFromBothSides()
    {
        CorpusPreparer.Prepare(Options() with { BpeJoint = true, BpeMerges = 3 }, Output);

        Assert.Equal(Lines("source.codes"), Lines("target.codes"));
        Assert.Equal(NaiveBpe.Learn(
            new Dictionary<string, long> { ["low"] = 5, ["lower"] = 2, ["newest"] = 6, ["widest"] = 3, ["baba"] = 16 }, 3, 2)
            .Select(m => $"{m.Left} {m.Right}"), Lines("source.codes")[1..]);
    }

    [Fact]
    public void Prepare_BpeTwice_GivesTheSameBytes()
    {
        CorpusPreparer.Prepare(Options(), Output);
        CorpusPreparer.Prepare(Options(), _folder["again"]);

        foreach (var file in Directory.EnumerateFiles(Output).Where(f => Path.GetFileName(f) != PreparedFolder.ManifestFile))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_folder["again"], Path.GetFileName(file))));
        Assert.True(CorpusPreparer.Prepare(Options(), Output).Reused);
        Assert.False(CorpusPreparer.Prepare(Options() with { BpeMerges = 2 }, Output).Reused);
    }

    [Fact]
    public void Prepare_Bpe_TellsProgressUpToTheEnd()
    {
        var reports = new List<PrepareProgress>();

        CorpusPreparer.Prepare(Options(), Output, new Relay(reports.Add));

        Assert.Equal(["words", "merges", "count", "encode"], reports.Select(r => r.Stage).Distinct());
        Assert.Equal(reports[^1].BytesTotal, reports[^1].BytesRead);
    }

    [Fact]
    public void Prepare_SidesTooDifferentInLength_AreDroppedAndCounted()
    {
        var train = CorpusSource.Tsv(_folder.Write("r.tsv", "a\tb b b\na a a a\tb\na\tb b b b\na a\tb b b b b b\n"));

        var split = CorpusPreparer.Prepare(new PrepareOptions { Train = train, MaxLengthRatio = 3 }, Output).Manifest.Split("train")!;

        Assert.Equal((4, 2, 2), (split.Read, split.Kept, split.DroppedUnbalanced));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void Prepare_ImpossibleRatio_IsRefused(double ratio)
    {
        var error = Assert.Throws<DataException>(() => CorpusPreparer.Prepare(Options() with { MaxLengthRatio = ratio }, Output));

        Assert.Contains("it must be 0, for no limit, or 1 or more", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_JointWithDifferentTokenizers_IsRefused()
    {
        var error = Assert.Throws<DataException>(() =>
            CorpusPreparer.Prepare(Options() with { BpeJoint = true, TargetTokenizer = new TokenizerOptions() }, Output));

        Assert.Contains("\"bpe\" and \"word\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_Normalized_MakesOneTokenOfEqualWords()
    {
        var train = CorpusSource.Tsv(_folder.Write("n.tsv", "caf\u00E9\tx\ncafe\u0301\tx\n"));
        var nfc = new TokenizerOptions { Normalization = TextNormalization.Nfc };

        CorpusPreparer.Prepare(new PrepareOptions { Train = train, SourceTokenizer = nfc }, Output);

        using var folder = PreparedFolder.Open(Output);
        Assert.Equal(["caf\u00E9"], folder.SourceVocabulary.Tokens.Skip(Vocabulary.SpecialCount));
    }

    private string[] Lines(string name) => File.ReadAllLines(Path.Combine(Output, name));

    private PrepareOptions Options()
    {
        var words = new[] { ("low", 5), ("lower", 2), ("newest", 6), ("widest", 3) }.SelectMany(w => Enumerable.Repeat(w.Item1, w.Item2));
        return new PrepareOptions
        {
            Train = CorpusSource.Tsv(_folder.Write("t.tsv", string.Concat(words.Select(w => $"{w}\tbaba\n")))),
            SourceTokenizer = Bpe,
            TargetTokenizer = Bpe,
            BpeMerges = 10,
        };
    }

    private sealed class Relay(Action<PrepareProgress> report) : IProgress<PrepareProgress>
    {
        public void Report(PrepareProgress value) => report(value);
    }
}
