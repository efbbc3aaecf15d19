using System.Security.Cryptography;
using System.Text;
using DistSeq2Seq.Model.Data.Normalization;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DistSeq2Seq.Model.Tests.Data;

/// <summary>Expected forms are those of the Unicode Standard, as Python's unicodedata gives them.</summary>
public sealed class UnicodeNormalizerTests
{
    private static readonly Gen<string> Text = Gen.Elements(
        "a", "e", "\u0301", "\u0323", "\u0308", "\u1100", "\u1161", "\u11A8", "\uAC00", "\uFB01", "\u00E9", "\u1E9B",
        "\u0958", "\uFF21", "\u2126", "\u00BD", "\U0001D15E", "\U0001F600", " ").ListOf().Select(string.Concat);

    /// <summary>Blocks with nearly all characters that decompose or are marks, in which Unicode adds no more of them.</summary>
    private static readonly (int First, int Last)[] Blocks =
    [
        (0x0000, 0x036F), (0x0370, 0x03FF), (0x0400, 0x052F), (0x0590, 0x06FF), (0x0900, 0x097F), (0x0F00, 0x0FFF), (0x1000, 0x11FF),
        (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2100, 0x22FF), (0x2460, 0x24FF), (0x2E80, 0x2FDF), (0x3000, 0x33FF), (0xAC00, 0xD7A3),
        (0xF900, 0xFDFF), (0xFE30, 0xFFEF), (0x1D100, 0x1D1FF), (0x1D400, 0x1D7FF), (0x1EE00, 0x1EEFF), (0x1F100, 0x1F2FF),
        (0x2F800, 0x2FA1F),
    ];

    [Theory]
    [InlineData("plain text", "plain text", "plain text")]
    [InlineData("cafe\u0301", "caf\u00E9", "caf\u00E9")]
    [InlineData("\u00E9\u00A0", "\u00E9\u00A0", "\u00E9 ")]
    [InlineData("\uFB01n \uFF21\u00BD \u00B2", "\uFB01n \uFF21\u00BD \u00B2", "fin A1\u20442 2")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01", "\uAC01")]
    [InlineData("\uAC00\u11A8\u11A8", "\uAC01\u11A8", "\uAC01\u11A8")]
    [InlineData("a\u0301\u0323", "\u1EA1\u0301", "\u1EA1\u0301")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u1E69")]
    [InlineData("a\u0344\u0301", "\u00E4\u0301\u0301", "\u00E4\u0301\u0301")]
    [InlineData("\u2126\u212B", "\u03A9\u00C5", "\u03A9\u00C5")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    [InlineData("\u0301e", "\u0301e", "\u0301e")]
    [InlineData("\u09C7\u09BE", "\u09CB", "\u09CB")]
    public void Normalize_Example_IsTheStandardsForm(string text, string nfc, string nfkc)
    {
        Assert.Equal(text, UnicodeNormalizer.Normalize(text, TextNormalization.None).ToString());
        Assert.Equal(nfc, UnicodeNormalizer.Normalize(text, TextNormalization.Nfc).ToString());
        Assert.Equal(nfkc, UnicodeNormalizer.Normalize(text, TextNormalization.Nfkc).ToString());
    }

    [Theory]
    [InlineData(TextNormalization.Nfc)]
    [InlineData(TextNormalization.Nfkc)]
    public void Normalize_NormalText_StaysAsItIs(TextNormalization form) =>
        Prop.ForAll(Text.ToArbitrary(), text =>
        {
            var once = UnicodeNormalizer.Normalize(text, form).ToString();
            return UnicodeNormalizer.Normalize(once, form).ToString() == once;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    /// <summary>
    /// The digest is of Python's <c>unicodedata.normalize</c> (Unicode 14.0) over the same strings, in UTF-8: for each code point of
    /// <see cref="Blocks"/> NFC and then NFKC of the character and of a, the character, U+0323, U+0301. Unicode promises that no later
    /// version changes a form of characters that were there.
    /// </summary>
    [Fact]
    public void Normalize_WholeBlocks_IsWhatPythonGives()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var code in Blocks.SelectMany(block => Enumerable.Range(block.First, block.Last - block.First + 1)))
        {
            var text = new Rune(code).ToString();
            foreach (var form in new[] { TextNormalization.Nfc, TextNormalization.Nfkc })
            {
                hash.AppendData(Encoding.UTF8.GetBytes(
                    $"{UnicodeNormalizer.Normalize(text, form)}\n{UnicodeNormalizer.Normalize($"a{text}\u0323\u0301", form)}\n"));
            }
        }

        Assert.Equal("559c821ca1da14784afab928f18160200f4a27a975eb98332f31037653f8580a", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>.NET tells it in a number of ICU's own; characters that came with a version show whether it was read right.</summary>
    [Theory]
    [InlineData("\U0001E030", "\u0430", 15)] // modifier letter Cyrillic small a
    [InlineData("\U0001CCD6", "A", 16)] // outlined Latin capital letter A
    public void UnicodeVersion_IsThatOfTheNormalForms(string text, string nfkc, int since)
    {
        var version = Version.Parse(UnicodeVersion.Text);

        Assert.True(version >= new Version(10, 0), UnicodeVersion.Text);
        Assert.Equal(version.Major >= since ? nfkc : text, UnicodeNormalizer.Normalize(text, TextNormalization.Nfkc).ToString());
    }

    [Fact]
    public void Normalize_LoneSurrogate_IsReplaced()
    {
        Assert.Equal("a\uFFFD\u00E9", UnicodeNormalizer.Normalize("a\uD800e\u0301", TextNormalization.Nfc).ToString());
        Assert.Equal("\uFFFD\uD83D\uDE00\uFFFD", UnicodeNormalizer.Normalize("\uDC00\uD83D\uDE00\uD83D", TextNormalization.Nfc).ToString());
    }

    [Fact]
    public void Normalize_NoCharacter_StaysAndJoinsNothing() =>
        Assert.Equal("\u00E9\uFFFEe\uFFFE\u0301\uFFFF", UnicodeNormalizer.Normalize("e\u0301\uFFFEe\uFFFE\u0301\uFFFF",
            TextNormalization.Nfc).ToString());
}
