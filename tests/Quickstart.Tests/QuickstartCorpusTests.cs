using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace DistSeq2Seq.Quickstart.Tests;

public sealed class QuickstartCorpusTests
{
    private static readonly QuickstartSplits Corpus = QuickstartCorpus.Generate(1);

    [Fact]
    public void Generate_DefaultSize_HasThreeParts() =>
        Assert.Equal((19_000, 500, 500), (Corpus.Train.Count, Corpus.Validation.Count, Corpus.Test.Count));

    [Fact]
    public void Generate_KnownSeed_GivesTheSameBytesAsEver() =>
        Assert.Equal("ad0762867dc524afceb7afe0ec7aeef932866806bd365bb8371c131838fca3c4", Digest(Corpus));

    [Fact]
    public void Generate_OtherSeed_GivesOtherSentences() =>
        Assert.NotEqual(Digest(QuickstartCorpus.Generate(1, 3_000)), Digest(QuickstartCorpus.Generate(2, 3_000)));

    [Fact]
    public void Generate_AllParts_ShareNoSentenceInEitherLanguage()
    {
        var all = Corpus.Train.Concat(Corpus.Validation).Concat(Corpus.Test).ToList();
        Assert.Equal(all.Count, all.Select(pair => pair.English).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(all.Count, all.Select(pair => pair.French).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Generate_EveryHeldOutWord_OccursFiveTimesInTraining()
    {
        var counts = Corpus.Train.SelectMany(QuickstartCorpus.WordsOf).GroupBy(word => word)
            .ToDictionary(group => group.Key, group => group.Count());
        var rarest = Corpus.Test.Concat(Corpus.Validation).SelectMany(QuickstartCorpus.WordsOf)
            .Min(word => counts.GetValueOrDefault(word));
        Assert.InRange(rarest, QuickstartCorpus.MinimumOccurrences, int.MaxValue);
    }

    [Fact]
    public void Generate_Vocabulary_IsThatOfASmallLanguage()
    {
        Assert.InRange(VocabularySize(pair => pair.English), 600, 1_500);
        Assert.InRange(VocabularySize(pair => pair.French), 600, 1_600);
    }

    [Fact]
    public void Sentence_SameEnglishDrawnAgain_HasTheSameFrench()
    {
        var choose = new Chooser(new DeterministicRandom(99));
        var french = new Dictionary<string, string>(StringComparer.Ordinal);
        var repeated = 0;
        for (var i = 0; i < 150_000; i++)
        {
            var pair = Grammar.Sentence(choose);
            if (french.TryAdd(pair.English, pair.French))
                continue;
            repeated++;
            Assert.Equal((pair.English, french[pair.English]), (pair.English, pair.French));
        }
        Assert.True(repeated > 1_000, $"Only {repeated} sentences were drawn twice, so nothing was compared.");
    }

    [Theory]
    [InlineData(1_999)]
    [InlineData(200_001)]
    public void Generate_SizeOutOfRange_NamesTheRange(int pairs)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => QuickstartCorpus.Generate(1, pairs));
        Assert.Contains("2000 to 200000 pairs", error.Message);
    }

    [Fact]
    public void Write_Twice_LeavesRightFilesAndRepairsWrongOnes()
    {
        var folder = Directory.CreateTempSubdirectory("quickstart-").FullName;
        try
        {
            var corpus = QuickstartCorpus.Write(folder, 5, 2_000);
            Assert.Equal(
                ["test.en", "test.fr", "train.en", "train.fr", "valid.en", "valid.fr"],
                Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            Assert.Equal(corpus.Test.Select(pair => pair.French), File.ReadAllLines(Path.Combine(folder, "test.fr")));

            var early = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
            File.SetLastWriteTimeUtc(Path.Combine(folder, "train.en"), early);
            File.WriteAllText(Path.Combine(folder, "train.fr"), "damaged");
            QuickstartCorpus.Write(folder, 5, 2_000);
            Assert.Equal(early, File.GetLastWriteTimeUtc(Path.Combine(folder, "train.en")));
            Assert.Equal(corpus.Train.Select(pair => pair.French), File.ReadAllLines(Path.Combine(folder, "train.fr")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int VocabularySize(Func<SentencePair, string> side) => Corpus.Train
        .SelectMany(pair => side(pair).ToLowerInvariant().Split([' ', ',', '.', '?', '!', '\''], StringSplitOptions.RemoveEmptyEntries))
        .Distinct(StringComparer.Ordinal).Count();

    private static string Digest(QuickstartSplits corpus)
    {
        var text = new StringBuilder();
        foreach (var part in new[] { corpus.Train, corpus.Validation, corpus.Test })
        {
            foreach (var pair in part)
                text.Append(pair.English).Append('\t').Append(pair.French).Append('\n');
            text.Append('\n');
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
