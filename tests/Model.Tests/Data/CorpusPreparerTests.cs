using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Corpus;
using DistSeq2Seq.Model.Data.Text;
using DistSeq2Seq.Model.Data.Tokenizers;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

public sealed class CorpusPreparerTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Output => _folder["prepared"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Prepare_ParallelFiles_MakesAFolderThatOpens()
    {
        var result = CorpusPreparer.Prepare(SmallOptions(), Output);

        Assert.False(result.Reused);
        Assert.Equal(
            ["prepared.json", "source.vocab", "target.vocab", "test.corpus", "test.source.txt", "test.target.txt", "tokenizer.json",
                "train.corpus", "valid.corpus", "valid.source.txt", "valid.target.txt"],
            Directory.EnumerateFileSystemEntries(Output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using var folder = PreparedFolder.Open(Output, verifyContent: true);
        Assert.Equal((3, 1, 1), (folder.TrainCorpus.Count, folder.ValidCorpus!.Count, folder.TestCorpus!.Count));
        Assert.Equal(["<pad>", "<unk>", "<s>", "</s>", ".", "cat", "the", "a", "dog"], folder.SourceVocabulary.Tokens);
        Assert.Equal("the cat.", Decode(folder, folder.TrainCorpus.Source(0)));
        Assert.Equal("the <unk>.", Decode(folder, folder.ValidCorpus.Source(0)));
        Assert.Equal(["prepared", "test.en", "test.fr", "train.en", "train.fr", "valid.tsv"], Left());
    }

    [Fact]
    public void Prepare_PairsThatDoNotFit_AreDroppedAndCountedByReason()
    {
        var train = CorpusSource.Tsv(_folder.Write("t.tsv", "a\tb\n\tb\na\t\u00A0\na a a a\tb\na\tb b b\na a a a\tb b b\na a\tb b\n"));

        var options = new PrepareOptions { Train = train, MaxSourceLength = 3, MaxTargetLength = 2 };
        var split = CorpusPreparer.Prepare(options, Output).Manifest.Split("train")!;

        Assert.Equal((7, 2, 2, 2, 1), (split.Read, split.Kept, split.DroppedEmpty, split.DroppedSourceTooLong, split.DroppedTargetTooLong));
        Assert.Equal((3, 3), (split.SourceTokens, split.TargetTokens));
    }

    [Fact]
    public void Prepare_ValidationText_IsKeptWhole()
    {
        var options = SmallOptions() with
        {
            Valid = CorpusSource.Tsv(_folder.Write("v.tsv", "The cat\u202F!\tLe  chat\u00A0!\r\n\tvide\r\n")),
        };

        CorpusPreparer.Prepare(options, Output);

        Assert.Equal("The cat\u202F!\n\n", File.ReadAllText(Path.Combine(Output, "valid.source.txt")));
        Assert.Equal("Le  chat\u00A0!\nvide\n", File.ReadAllText(Path.Combine(Output, "valid.target.txt")));
    }

    [Fact]
    public void Prepare_SharedVocabulary_CountsBothSides()
    {
        var train = CorpusSource.Tsv(_folder.Write("t.tsv", "a b\tb c\n"));

        CorpusPreparer.Prepare(new PrepareOptions { Train = train, SharedVocabulary = true }, Output);

        using var folder = PreparedFolder.Open(Output);
        Assert.Equal(["b", "a", "c"], folder.SourceVocabulary.Tokens.Skip(4));
        Assert.Equal(folder.SourceVocabulary.Tokens, folder.TargetVocabulary.Tokens);
    }

    [Fact]
    public void Prepare_TextThatSpellsSpecialTokens_GivesUnknownOnes()
    {
        var none = new TokenizerOptions { Name = TokenizerFactory.None };
        var train = CorpusSource.Tsv(_folder.Write("t.tsv", "</s> <pad> x\ty\n"));

        CorpusPreparer.Prepare(new PrepareOptions { Train = train, SourceTokenizer = none }, Output);

        using var folder = PreparedFolder.Open(Output);
        Assert.Equal([1, 1, 4], folder.TrainCorpus.Source(0).ToArray());
    }

    [Fact]
    public void Prepare_SameContentElsewhere_GivesTheSameBytes()
    {
        var first = CorpusPreparer.Prepare(SmallOptions(), Output).Manifest;
        using var elsewhere = new TestFolder();
        foreach (var file in Directory.EnumerateFiles(_folder.Path))
            File.Copy(file, elsewhere[Path.GetFileName(file)]);

        var second = CorpusPreparer.Prepare(SmallOptions(elsewhere.Path), elsewhere["prepared"]).Manifest;

        Assert.Equal(first.Fingerprint, second.Fingerprint);
        Assert.Equal(first.Files, second.Files);
        Assert.Equal(first.Splits, second.Splits);
    }

    [Fact]
    public void Prepare_NothingChanged_ReusesTheFolder()
    {
        CorpusPreparer.Prepare(SmallOptions(), Output);
        var written = File.GetLastWriteTimeUtc(Path.Combine(Output, "train.corpus"));
        var reports = new Reports();

        var again = CorpusPreparer.Prepare(SmallOptions(), Output, reports);

        Assert.True(again.Reused);
        Assert.Empty(reports.All);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(Output, "train.corpus")));
    }

    [Fact]
    public void Prepare_InputsTouchedButEqual_ReusesTheFolderAndRemembersTheTime()
    {
        CorpusPreparer.Prepare(SmallOptions(), Output);
        var touched = new DateTime(2031, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(_folder["train.en"], touched);

        var again = CorpusPreparer.Prepare(SmallOptions(), Output);

        Assert.True(again.Reused);
        using var folder = PreparedFolder.Open(Output, verifyContent: true);
        Assert.Equal(touched.Ticks, folder.Manifest.Inputs[0].Modified);
    }

    [Fact]
    public void Prepare_ContentOrOptionsChanged_ReplacesTheFolder()
    {
        var first = CorpusPreparer.Prepare(SmallOptions(), Output).Manifest;

        var options = CorpusPreparer.Prepare(SmallOptions() with { MinCount = 2 }, Output);
        var time = File.GetLastWriteTimeUtc(_folder["train.en"]);
        _folder.Write("train.en", "The cat.\nThe dog.\nA cow.\n");
        File.SetLastWriteTimeUtc(_folder["train.en"], time.AddSeconds(1));
        var content = CorpusPreparer.Prepare(SmallOptions() with { MinCount = 2 }, Output);

        Assert.False(options.Reused);
        Assert.False(content.Reused);
        Assert.Equal(3, new[] { first.Fingerprint, options.Manifest.Fingerprint, content.Manifest.Fingerprint }.Distinct().Count());
        Assert.DoesNotContain(Left(), name => name!.StartsWith('.'));
    }

    [Fact]
    public void Prepare_OutputCutShort_IsMadeAgain()
    {
        CorpusPreparer.Prepare(SmallOptions(), Output);
        using (var corpus = File.OpenWrite(Path.Combine(Output, "train.corpus")))
            corpus.SetLength(corpus.Length - 1);

        Assert.False(CorpusPreparer.Prepare(SmallOptions(), Output).Reused);
        using var folder = PreparedFolder.Open(Output, verifyContent: true);
        Assert.Equal(3, folder.TrainCorpus.Count);
    }

    [Fact]
    public void Prepare_FolderOfSomethingElse_IsNotReplaced()
    {
        Directory.CreateDirectory(Output);
        File.WriteAllText(Path.Combine(Output, "thesis.txt"), "x");

        AssertError(SmallOptions(), "prepared: holds files but no prepared.json");
        Assert.True(File.Exists(Path.Combine(Output, "thesis.txt")));
    }

    [Fact]
    public void Prepare_ErrorInALaterSplit_LeavesNothing()
    {
        var options = SmallOptions() with { Test = CorpusSource.Tsv(_folder.Write("bad.tsv", "fine\tbien\nbroken\n")) };

        AssertError(options, "bad.tsv: line 2");
        Assert.DoesNotContain(Left(), name => name!.Contains("prepared", StringComparison.Ordinal));
    }

    [Fact]
    public void Prepare_ErrorAfterAnEarlierPreparation_LeavesThatOne()
    {
        CorpusPreparer.Prepare(SmallOptions(), Output);
        _folder.Write("train.fr", "un\n");

        AssertError(SmallOptions(), "train.en has 3 lines", "train.fr has 1;");
        using var folder = PreparedFolder.Open(Output, verifyContent: true);
        Assert.Equal(3, folder.TrainCorpus.Count);
    }

    [Theory]
    [InlineData("count")]
    [InlineData("encode")]
    public void Prepare_CancelledAtAnyStage_LeavesNothing(string stage)
    {
        using var cancellation = new CancellationTokenSource();
        var reports = new Reports(report =>
        {
            if (report.Stage == stage)
                cancellation.Cancel();
        });

        Assert.ThrowsAny<OperationCanceledException>(() => CorpusPreparer.Prepare(SmallOptions(), Output, reports, cancellation.Token));
        Assert.DoesNotContain(Left(), name => name!.Contains("prepared", StringComparison.Ordinal));
    }

    [Fact]
    public void Prepare_AfterAKilledPreparation_RemovesWhatItLeft()
    {
        var leftover = _folder[".prepared.staging-0123"];
        Directory.CreateDirectory(leftover);
        File.WriteAllText(leftover + ".lock", "");
        File.WriteAllText(Path.Combine(leftover, "train.corpus"), "half");

        CorpusPreparer.Prepare(SmallOptions(), Output);

        Assert.False(Directory.Exists(leftover));
        Assert.False(File.Exists(leftover + ".lock"));
    }

    [Fact]
    public void Prepare_WhileAnotherIsAtWork_LeavesItsFolderAlone()
    {
        var alive = _folder[".prepared.staging-0123"];
        Directory.CreateDirectory(alive);
        using (new FileStream(alive + ".lock", FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            CorpusPreparer.Prepare(SmallOptions(), Output);

            Assert.True(Directory.Exists(alive));
        }
    }

    [Fact]
    public void Prepare_Progress_RisesToTheTotal()
    {
        var reports = new Reports();

        CorpusPreparer.Prepare(SmallOptions(), Output, reports);

        Assert.Equal(reports.All.Select(r => r.BytesRead).Order(), reports.All.Select(r => r.BytesRead));
        Assert.Equal(reports.All[^1].BytesTotal, reports.All[^1].BytesRead);
        Assert.Equal(
            ["count train", "encode train", "encode valid", "encode test"],
            reports.All.Select(r => $"{r.Stage} {r.Split}").Distinct());
    }

    [Fact]
    public void Prepare_EmptyCorpus_SaysSo() =>
        AssertError(
            new PrepareOptions { Train = CorpusSource.Parallel(_folder.Write("a", ""), _folder.Write("b", "")) },
            "the train corpus is empty");

    [Fact]
    public void Prepare_NothingUsable_GivesTheReasons() =>
        AssertError(
            new PrepareOptions { Train = CorpusSource.Tsv(_folder.Write("t.tsv", "a a\tb\n\tb\n")), MaxSourceLength = 1 },
            "t.tsv: the train corpus has 2 pairs and none is usable: 1 with an empty side, 1 with a source of more than 1 tokens");

    [Fact]
    public void Prepare_MissingTestFile_IsFoundBeforeAnyWork()
    {
        var reports = new Reports();
        var options = SmallOptions() with { Test = CorpusSource.Tsv(_folder["none.tsv"]) };

        Assert.Throws<DataException>(() => CorpusPreparer.Prepare(options, Output, reports));
        Assert.Empty(reports.All);
    }

    [Fact]
    public void Prepare_ImpossibleOption_NamesIt() => AssertError(SmallOptions() with { MinCount = 0 }, "MinCount is 0");

    [Fact]
    public void Open_FolderWithAnotherVocabulary_IsRefused()
    {
        CorpusPreparer.Prepare(SmallOptions(), Output);
        var vocabulary = Path.Combine(Output, "source.vocab");
        var tokens = File.ReadAllText(vocabulary);
        File.WriteAllText(vocabulary, tokens.Replace("cat", "cow", StringComparison.Ordinal));

        var error = Assert.Throws<DataException>(() => PreparedFolder.Open(Output, verifyContent: true).Dispose());

        Assert.Contains("source.vocab: is not the file that prepared.json describes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_OutputUnderAFile_NamesTheFolder()
    {
        var error = Assert.Throws<DataException>(() => CorpusPreparer.Prepare(SmallOptions(),
            Path.Combine(_folder["train.en"], "prepared")));

        Assert.Contains("prepared: cannot be made", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_FromSeveralThreadsAtOnce_GivesOneGoodFolder()
    {
        var options = SmallOptions();

        Parallel.For(0, 8, _ => CorpusPreparer.Prepare(options, Output));

        using var folder = PreparedFolder.Open(Output, verifyContent: true);
        Assert.Equal(3, folder.TrainCorpus.Count);
        Assert.DoesNotContain(Left(), name => name!.StartsWith('.'));
    }

    private static string Decode(PreparedFolder folder, ReadOnlySpan<int> ids) =>
        new SentenceEncoder(folder.SourceTokenizer, folder.SourceVocabulary).Decode(ids);

    private PrepareOptions SmallOptions(string? root = null)
    {
        root ??= _folder.Path;
        foreach (var (name, text) in new[]
        {
            ("train.en", "The cat.\nThe dog.\nA cat.\n"), ("train.fr", "Le chat.\nLe chien.\nUn chat.\n"),
            ("valid.tsv", "The cow.\tLa vache.\n"), ("test.en", "A dog."), ("test.fr", "Un chien."),
        })
        {
            if (!File.Exists(Path.Combine(root, name)))
                File.WriteAllText(Path.Combine(root, name), text);
        }
        var lower = new TokenizerOptions { Lowercase = true };
        return new PrepareOptions
        {
            Train = CorpusSource.Parallel(Path.Combine(root, "train.en"), Path.Combine(root, "train.fr")),
            Valid = CorpusSource.Tsv(Path.Combine(root, "valid.tsv")),
            Test = CorpusSource.Parallel(Path.Combine(root, "test.en"), Path.Combine(root, "test.fr")),
            SourceTokenizer = lower,
            TargetTokenizer = lower,
        };
    }

    private IEnumerable<string?> Left() =>
        Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private void AssertError(PrepareOptions options, params string[] parts)
    {
        var error = Assert.Throws<DataException>(() => CorpusPreparer.Prepare(options, Output));
        Assert.All(parts, part =>
            Assert.True(error.Message.Contains(part, StringComparison.Ordinal), $"\"{part}\" is not in: {error.Message}"));
    }

    private sealed class Reports(Action<PrepareProgress>? then = null) : IProgress<PrepareProgress>
    {
        public List<PrepareProgress> All { get; } = [];

        public void Report(PrepareProgress value)
        {
            All.Add(value);
            then?.Invoke(value);
        }
    }
}
