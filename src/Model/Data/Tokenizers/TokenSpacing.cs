using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace DistSeq2Seq.Model.Data.Tokenizers;

/// <summary>
/// The default spacing of a token: a full stop joins what is before it, an opening bracket joins what follows, an elision (<c>l'</c>)
/// joins the next word, a word joins nothing. Where a text departs from the default, the tokenizer puts a mark on the token, so that the
/// text can be restored and the model can learn its language's habits (French writes a space before a question mark, English does not).
/// </summary>
/// <param name="JoinsLeft">No space before it.</param>
/// <param name="JoinsRight">No space after it.</param>
/// <param name="Decides">False for words: the neighbour decides about the space between.</param>
internal readonly record struct TokenSpacing(bool JoinsLeft, bool JoinsRight, bool Decides)
{
    /// <summary>Mark for "no space here although there is one by default"; U+FFED.</summary>
    public const char JoinedMark = '\uFFED';

    /// <summary>Mark for "a space here although there is none by default"; U+2581.</summary>
    public const char SpacedMark = '\u2581';

    private static readonly TokenSpacing Word = new(false, false, false);
    private static readonly TokenSpacing Loose = new(false, false, true);
    private static readonly TokenSpacing Tight = new(true, true, true);
    private static readonly TokenSpacing Opening = new(false, true, true);
    private static readonly TokenSpacing Closing = new(true, false, true);

    /// <summary>
    /// What may follow an apostrophe at the end of an English word: <c>she's, I'm, we'd, don't, you're, I've,
    /// he'll</c>.
    /// </summary>
    private static readonly FrozenSet<string> Suffixes =
        FrozenSet.ToFrozenSet(["s", "m", "d", "t", "re", "ve", "ll"], StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// What may stand before an apostrophe at the start of a French word: <c>l'homme, qu'il, jusqu'ici</c>.
    /// </summary>
    private static readonly FrozenSet<string> Elisions = FrozenSet.ToFrozenSet(
        ["l", "d", "j", "m", "t", "s", "c", "n", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "quelqu", "presqu"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> SuffixLookup =
        Suffixes.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> ElisionLookup =
        Elisions.GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool IsApostrophe(char c) => c is '\'' or '\u2019';

    public static bool IsSuffix(ReadOnlySpan<char> afterApostrophe) => SuffixLookup.Contains(afterApostrophe);

    public static bool IsElision(ReadOnlySpan<char> beforeApostrophe) => ElisionLookup.Contains(beforeApostrophe);

    /// <summary>Letters, digits, the marks on them, and invisible format characters.</summary>
    public static bool IsWordRune(Rune rune) => Rune.GetUnicodeCategory(rune) is <= UnicodeCategory.OtherNumber or UnicodeCategory.Format;

    /// <summary>The default of an unmarked token.</summary>
    /// <param name="token">The token without marks; not empty.</param>
    /// <param name="openQuotes">Bit 0: an odd number of " came before; bit 1: of '. Updated.</param>
    public static TokenSpacing Of(ReadOnlySpan<char> token, ref int openQuotes)
    {
        if (token is "\"" or "'")
        {
            var bit = token[0] == '"' ? 1 : 2;
            openQuotes ^= bit;
            return (openQuotes & bit) != 0 ? Opening : Closing;
        }
        return OfOther(token);
    }

    /// <summary>Whether a token decides about the spaces beside it, as all but words do.</summary>
    public static bool Deciding(ReadOnlySpan<char> token) => OfOther(token).Decides;

    private static TokenSpacing OfOther(ReadOnlySpan<char> token)
    {
        Rune.DecodeFromUtf16(token, out var first, out _);
        if (IsWordRune(first))
        {
            if (token.Length >= 2 && IsApostrophe(token[^1]) && IsElision(token[..^1]))
                return Opening;
            return token is ['n' or 'N', '\'' or '\u2019', 't' or 'T'] ? Closing : Word;
        }
        if (token.Length == 1)
            return OfSymbol(first);
        if (IsApostrophe(token[0]) && IsSuffix(token[1..]))
            return Closing;
        // <unk> and language tags stand where words stand.
        return token is ['<', _, .., '>'] ? Word : OfSymbol(first);
    }

    private static TokenSpacing OfSymbol(Rune rune) => rune.Value switch
    {
        '.' or ',' or '!' or '?' or ';' or ':' or '%' or '\u2026' or '\u00B0' or '\u3002' or '\u3001' or '\uFF0C' => Closing,
        '/' or '\\' or '@' or '_' => Tight,
        '\u00BF' or '\u00A1' or '#' or '$' or '\u00A3' => Opening,
        _ => Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.OpenPunctuation or UnicodeCategory.InitialQuotePunctuation => Opening,
            UnicodeCategory.ClosePunctuation or UnicodeCategory.FinalQuotePunctuation => Closing,
            _ => Loose,
        },
    };
}
