using System.Text.RegularExpressions;
using DistSeq2Seq.Model.Data.Tokenizers;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

public sealed class WordTokenizerTests
{
    private static readonly WordTokenizer Tokenizer = new();

    [Theory]
    [InlineData("L'homme n'a pas dormi.", "L' homme n' a pas dormi .")]
    [InlineData("I don't know, she's late.", "I do n't know , she 's late .")]
    [InlineData("He'd've come; can't you?", "He 'd 've come ; ca n't you ?")]
    [InlineData("Aujourd’hui, qu’est-ce que c’est ?", "Aujourd’hui , qu’ est-ce que c’ est ▁?")]
    [InlineData("Ça\u00A0va\u202F!", "Ça va ▁!")]
    [InlineData("Wait... what?!", "Wait ... what ? !")]
    [InlineData("At 10:30, it cost $3.14 or 1,000.", "At 10 :￭ 30 , it cost $ 3.14 or 1,000 .")]
    [InlineData("\"Yes,\" he said (twice).", "\" Yes , \" he said ( twice ) .")]
    [InlineData("« Bonjour »", "«▁ Bonjour ▁»")]
    [InlineData("and/or e\u0301te\u0301", "and / or e\u0301te\u0301")]
    public void Tokenize_Sentence_SplitsWordsAndPunctuation(string sentence, string tokens) =>
        Assert.Equal(tokens, string.Join(' ', Tokenizer.Tokenize(sentence)));

    [Theory]
    [InlineData("Comment ça va ? Très bien, merci !")]
    [InlineData("L’hôtel, c’est « Au bord de l’eau » : 45 € la nuit.")]
    [InlineData("J'aurais voulu qu'il vînt aujourd'hui, lorsqu'elle était là...")]
    [InlineData("Y a-t-il quelqu'un ? — Non, il n'y a personne.")]
    [InlineData("Le taux est de 12,5 % (contre 3.1% en 1998-1999).")]
    [InlineData("It's 5 o'clock; don't you think we'd've heard by now?")]
    [InlineData("\"I can't,\" she said, \"because it isn't 'mine'.\"")]
    [InlineData("The dogs' bowls cost $20/pair, i.e. 10% off!")]
    [InlineData("Mail me@example.org or see http://example.org/a_b?c=d&e=f#g.")]
    [InlineData("rock 'n' roll in the '90s -- and/or [jazz]")]
    [InlineData("l' homme , seul . n't 's")]
    [InlineData("Emoji 👩‍🚀❤️ and שלום, 你好。 𝒳!")]
    [InlineData("<unk> </s> <2fr> & -5 #1 ¿Qué?")]
    public void Detokenize_OwnTokens_RestoresTheSentence(string sentence) =>
        Assert.Equal(sentence, Tokenizer.Detokenize(Tokenizer.Tokenize(sentence)));

    [Fact]
    public void Detokenize_AnyText_IsRestoredButForTheKindOfItsSpaces()
    {
        var piece = Gen.OneOf(
            Gen.Elements("l'", "don't", "n't", "'s", "é", "12", ".", ",", "?", "...", "\"", "'", "’", "-", "--", "(", ")", "«",
                "»", "€", "/",
                " ", "\u00A0", "\u202F", "\t", "\u0301", "\u200D", "😀", "中", "\uD800", "<", ">", "\u0000", "_", "ß", "İ"),
            ArbMap.Default.GeneratorFor<string>().Select(s => s ?? ""));
        var text = piece.ArrayOf().Select(p => string.Concat(p).Replace('\u2581', '_').Replace('\uFFED', '_'));

        Prop.ForAll(text.ToArbitrary(), t =>
        {
            var normal = string.Join(' ', Regex.Split(t, @"[\s\u0085\u200B\uFEFF]+").Where(w => w.Length > 0));
            var tokens = Tokenizer.Tokenize(t);
            return Tokenizer.Detokenize(tokens) == normal && tokens.All(k => k.Length > 0 && !k.Any(char.IsWhiteSpace));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void Detokenize_AnyTokens_GivesText()
    {
        var token = Gen.Elements("▁", "￭", "￭￭", "▁￭▁", "'", "\"", "n't", "l'", "word", ".", "<unk>", "▁?", "￭x", "");

        Prop.ForAll(token.ArrayOf().ToArbitrary(), tokens => Tokenizer.Detokenize(tokens) is not null).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Detokenize_UnknownToken_StandsLikeAWord() =>
        Assert.Equal("L'<unk> est <unk>.", Tokenizer.Detokenize(["L'", "<unk>", "est", "<unk>", "."]));

    [Fact]
    public void Tokenize_Lowercase_LowersEveryScript() =>
        Assert.Equal(["l'", "été", "à", "ωμέγα"], new WordTokenizer(lowercase: true).Tokenize("L'ÉTÉ À ΩΜΈΓΑ"));

    [Fact]
    public void Tokenize_MarksInText_BecomeOrdinaryCharacters() =>
        Assert.Equal(["a", "_", "b", "\u25A0"], Tokenizer.Tokenize("a\u2581b \uFFED").Select(t => t.Trim('\uFFED', '\u2581')));

    [Theory]
    [InlineData("")]
    [InlineData(" \u00A0\t ")]
    public void Tokenize_NothingButSpace_GivesNoToken(string sentence) => Assert.Empty(Tokenizer.Tokenize(sentence));

    [Fact]
    public void Tokenize_FiveThousandWords_KeepsThemAll() =>
        Assert.Equal(5000, Tokenizer.Tokenize(string.Join(' ', Enumerable.Repeat("word", 5000))).Length);
}
