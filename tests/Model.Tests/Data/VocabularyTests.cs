using DistSeq2Seq.Model.Data;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

public sealed class VocabularyTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Build_Counts_OrdersByCountThenOrdinal()
    {
        var vocabulary = Vocabulary.Build(Counts(("b", 2), ("a", 2), ("é", 9), ("Z", 2), ("rare", 1)), maxSize: 0, minCount: 2);

        Assert.Equal(["<pad>", "<unk>", "<s>", "</s>", "é", "Z", "a", "b"], vocabulary.Tokens);
    }

    [Fact]
    public void Build_MaxSize_CountsTheSpecialTokens() =>
        Assert.Equal(5, Vocabulary.Build(Counts(("a", 2), ("b", 1)), maxSize: 5, minCount: 1).Count);

    [Fact]
    public void Build_MaxSizeWithoutRoom_IsAnError() =>
        Assert.Throws<DataException>(() => Vocabulary.Build(Counts(("a", 2)), maxSize: 4, minCount: 1));

    [Fact]
    public void Lookup_KnownUnknownAndSpecial_GiveTheirIds()
    {
        var vocabulary = Vocabulary.Build(Counts(("a", 2), ("</s>", 8)), maxSize: 0, minCount: 1);

        Assert.Equal(4, vocabulary.Lookup("a"));
        Assert.Equal(Vocabulary.Unknown, vocabulary.Lookup("b"));
        Assert.Equal(Vocabulary.Unknown, vocabulary.Lookup("</s>"));
        Assert.Equal("a", vocabulary[4]);
    }

    [Fact]
    public void Load_WhatWasSaved_IsTheSame()
    {
        var vocabulary = Vocabulary.Build(Counts(("▁?", 3), ("L'", 2), ("😀", 1)), maxSize: 0, minCount: 1);

        vocabulary.Save(_folder["v"]);

        Assert.Equal(vocabulary.Tokens, Vocabulary.Load(_folder["v"]).Tokens);
        Assert.Equal("<pad>\n<unk>\n<s>\n</s>\n▁?\nL'\n😀\n", File.ReadAllText(_folder["v"]));
        Assert.Single(Directory.EnumerateFiles(_folder.Path));
    }

    [Theory]
    [InlineData("<pad>\n<s>\n", "line 2", "\"<s>\" stands here")]
    [InlineData("<pad>\n<unk>\n", "line 3", "the file ends here")]
    [InlineData("<pad>\n<unk>\n<s>\n</s>\na\nb\na\n", "line 7", "line 5 too")]
    [InlineData("<pad>\n<unk>\n<s>\n</s>\na\n\n", "line 6", "an empty line")]
    public void Load_BrokenFile_NamesFileAndLine(string text, string line, string error)
    {
        var thrown = Assert.Throws<DataException>(() => Vocabulary.Load(_folder.Write("x.vocab", text)));

        Assert.Contains("x.vocab: " + line, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(error, thrown.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, long> Counts(params (string, long)[] counts) => counts.ToDictionary(c => c.Item1, c => c.Item2);
}
