using System.Security.Cryptography;
using System.Text;
using DistSeq2Seq.Model.Data;
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
    /// The digest is of Python's <c>unicodedata.normalize</c> (Unicode 14.0) over the same strings, in UTF-8: for each
    /// code point but surrogates, NFC and then NFKC of the character and of a, the character, U+0323, U+0301.
    /// </summary>
    [Fact]
    public void Normalize_EveryCodePoint_IsWhatPythonGives()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var code = 0; code <= 0x10FFFF; code++)
        {
            if (!Rune.TryCreate(code, out var rune))
                continue;
            foreach (var form in new[] { TextNormalization.Nfc, TextNormalization.Nfkc })
            {
                hash.AppendData(Encoding.UTF8.GetBytes(
                    $"{UnicodeNormalizer.Normalize(rune.ToString(), form)}\n{UnicodeNormalizer.Normalize($"a{rune}\u0323\u0301", form)}\n"));
            }
        }

        Assert.Equal("146f02317a81e473df2f51d117b16f7d9bcfde57fa0eff486b597925e16a3fa3", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void Normalize_LoneSurrogate_IsReplaced() =>
        Assert.Equal("a\uFFFD\u00E9", UnicodeNormalizer.Normalize("a\uD800e\u0301", TextNormalization.Nfc).ToString());
}
