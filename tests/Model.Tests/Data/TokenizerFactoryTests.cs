using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Tokenizers;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

public sealed class TokenizerFactoryTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void None_TokensJoinedAndSplit_AreTheSame()
    {
        var tokenizer = TokenizerFactory.Create(new TokenizerOptions { Name = TokenizerFactory.None });
        var token = ArbMap.Default.GeneratorFor<NonEmptyString>().Select(s => s.Get).Where(s => !s.Any(char.IsWhiteSpace));

        Prop.ForAll(token.ArrayOf().ToArbitrary(), tokens => tokenizer.Tokenize(tokenizer.Detokenize(tokens)).SequenceEqual(tokens))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void None_Sentence_SplitsAtWhiteSpaceOnly() =>
        Assert.Equal(["don't,", "l'homme", "(x)"], new WhitespaceTokenizer().Tokenize("  don't,\u00A0l'homme\t(x) "));

    [Fact]
    public void Load_WhatWasSaved_MakesTheSameTokenizers()
    {
        TokenizerFactory.Save(_folder["tokenizer.json"], new WordTokenizer(lowercase: true), new WhitespaceTokenizer());

        var (source, target) = TokenizerFactory.Load(_folder["tokenizer.json"]);

        Assert.Equal(["l'", "été"], source.Tokenize("L'Été"));
        Assert.Equal(["L'Été"], target.Tokenize("L'Été"));
    }

    [Fact]
    public void Create_UnknownName_NamesTheKnownOnes()
    {
        var error = Assert.Throws<DataException>(() => TokenizerFactory.Create(new TokenizerOptions { Name = "moses" }));

        Assert.Contains("\"moses\"; the tokenizers are word, none, character, bpe, bpe_raw", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("not json")]
    [InlineData("{\"source\": {\"name\": \"word\"}, \"target\": {\"nmae\": \"word\"}}")]
    public void Load_NoDescription_NamesTheFile(string text)
    {
        var error = Assert.Throws<DataException>(() => TokenizerFactory.Load(_folder.Write("tokenizer.json", text)));

        Assert.Contains("tokenizer.json: not a tokenizer description", error.Message, StringComparison.Ordinal);
    }
}
