using DistSeq2Seq.Model.Data;
using DistSeq2Seq.Model.Data.Batching;
using DistSeq2Seq.Model.Data.Normalization;
using DistSeq2Seq.Model.Data.Tokenizers;
using DistSeq2Seq.Model.Data.Tokenizers.Bpe;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

public sealed class SubwordTokenizerTests : IDisposable
{
    private static readonly string[] Sentences =
    [
        "L'homme dort-il ? Non\u00A0: il lit « Le Monde » jusqu'à 3,14 h.",
        "He said, \"I don't know\" (twice); 50% of $1,000 isn't enough...",
        "mail@example.org or http://example.org/a_b?c=d — see @@ and @you @@@",
        "我们明天去北京。你呢？",
        "الكتاب على الطاولة، أليس كذلك؟",
        "Straße \U0001F600\U0001F468\u200D\U0001F469\u200D\U0001F467 naïve cafe\u0301 </w> a</w>b",
    ];

    private static readonly BpeCodes Codes = BpeLearner.Learn(
        Sentences.SelectMany(s => TokenizerFactory.CreateWordsOf(new TokenizerOptions { Name = TokenizerFactory.Bpe }).Tokenize(s))
            .GroupBy(w => w).ToDictionary(g => g.Key, g => (long)g.Count() * 2),
        40);

    private readonly TestFolder _folder = new();

    public static TheoryData<string> Examples { get; } = [.. Sentences];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Examples))]
    public void Detokenize_TokensOfASentence_GivesItBack(string sentence)
    {
        var spaced = sentence.Replace('\u00A0', ' ');
        foreach (var name in TokenizerFactory.Names.Where(n => n != TokenizerFactory.None))
        {
            var tokenizer = TokenizerFactory.Create(new TokenizerOptions { Name = name }, Codes);
            var tokens = tokenizer.Tokenize(sentence);

            Assert.Equal(spaced, tokenizer.Detokenize(tokens));
            Assert.All(tokens, token => Assert.False(token.Length == 0 || token.Any(char.IsWhiteSpace)));
        }
    }

    [Fact]
    public void Detokenize_TokensOfAnyText_GivesItBackButForSpaces()
    {
        static string Plain(string text) => string.Join(' ', text.Replace('\u2581', '_').Replace('\uFFED', '\u25A0')
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var text = Gen.Elements("a", "b", " ", "@", "@@", "l'", ".", "\u2581", "\uFFED", "é", "\U0001F600", "中", "<unk>", "\"").ListOf()
            .Select(string.Concat).SelectMany(rest => Gen.Elements(rest, $"<2fr> {rest}")).ToArbitrary();
        var tokenizers = new[] { TokenizerFactory.Character, TokenizerFactory.Bpe, TokenizerFactory.BpeRaw }
            .Select(name => TokenizerFactory.Create(new TokenizerOptions { Name = name }, Codes)).ToList();

        Prop.ForAll(text, t => tokenizers.All(k =>
            k.Detokenize(k.Tokenize(t)).Replace('\uFFED', '\u25A0') == Plain(t)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Tokenize_Characters_WritesSpacesAsMarks() =>
        Assert.Equal(["é", "t", "é", "\u2581", "\U0001F600", "!"], new CharacterTokenizer(lowercase: true)
            .Tokenize("  Été \u00A0\U0001F600! "));

    [Fact]
    public void Tokenize_Bpe_MarksAllButTheLastSubwordOfAWord()
    {
        var codes = new BpeCodes([new("l", "o"), new("lo", "w"), new("e", "r</w>")]);
        var tokenizer = new BpeTokenizer(new TokenizerOptions { Name = TokenizerFactory.Bpe, Lowercase = true }, codes);

        Assert.Equal(["low@@", "er", ",", "lo@@", "w", "er", "!"], tokenizer.Tokenize("Lower, low er!"));
        Assert.Equal("lower, low er!", tokenizer.Detokenize(["low@@", "er", ",", "lo@@", "w", "er", "!"]));
        Assert.Equal("low", tokenizer.Detokenize(["lo@@", "w@@"]));
    }

    [Fact]
    public void Tokenize_BpeRaw_WritesSpacesAsMarksAndCutsLanguagesWithoutSpaces()
    {
        var codes = new BpeCodes([new("\u2581", "我"), new("北", "京</w>")]);
        var tokenizer = new BpeTokenizer(new TokenizerOptions { Name = TokenizerFactory.BpeRaw }, codes);

        Assert.Equal(["\u2581我", "去", "北京", "\u2581", "我", "\u2581我", "!"], tokenizer.Tokenize("我去北京 \u2005我  我!"));
    }

    [Fact]
    public void TokenizeWithDropout_OneSeed_IsRepeatableAndGivesTheSentenceBack()
    {
        var tokenizer = new BpeTokenizer(new TokenizerOptions { Name = TokenizerFactory.Bpe }, Codes);
        string[] Cut(ulong seed)
        {
            var tokens = new TokenBuffer();
            tokenizer.TokenizeWithDropout(Sentences[1], tokens, 0.5, new DeterministicRandom(seed));
            return tokens.ToArray();
        }

        Assert.Equal(Cut(7), Cut(7));
        Assert.NotEqual(tokenizer.Tokenize(Sentences[1]), Cut(7));
        Assert.Equal(Sentences[1], tokenizer.Detokenize(Cut(7)));
    }

    [Fact]
    public void Load_WhatWasSaved_MakesTheSameTokenizers()
    {
        var bpe = new TokenizerOptions { Name = TokenizerFactory.Bpe, Lowercase = true, Normalization = TextNormalization.Nfkc };

        var written = TokenizerFactory.Save(_folder["tokenizer.json"], new CharacterTokenizer(), TokenizerFactory.Create(bpe, Codes));
        var (source, target) = TokenizerFactory.Load(_folder["tokenizer.json"]);

        Assert.Equal([TokenizerFactory.TargetCodesFile], written);
        Assert.Equal(["a", "b"], source.Tokenize("ab"));
        Assert.Equal(bpe, target.Options);
        Assert.Equal(Codes.Merges, ((BpeTokenizer)target).Codes.Merges);
        File.Delete(_folder[TokenizerFactory.TargetCodesFile]);
        Assert.Contains(TokenizerFactory.TargetCodesFile,
            Assert.Throws<DataException>(() => TokenizerFactory.Load(_folder["tokenizer.json"])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Create_BpeWithoutMerges_SaysWhereTheyComeFrom() =>
        Assert.Contains("needs merges; learn them with prepare",
            Assert.Throws<DataException>(() => TokenizerFactory.Create(new TokenizerOptions { Name = TokenizerFactory.Bpe })).Message,
            StringComparison.Ordinal);
}
