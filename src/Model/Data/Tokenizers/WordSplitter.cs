using System.Globalization;
using System.Text;

namespace DistSeq2Seq.Model.Data.Tokenizers;

/// <summary>A token's place in a sentence.</summary>
/// <param name="Start">First character.</param>
/// <param name="Length">Number of UTF-16 units, at least one.</param>
/// <param name="Joined">No white space between it and the token before.</param>
internal readonly record struct TokenPlace(int Start, int Length, bool Joined);

/// <summary>
/// Finds words and punctuation. A word is a run of letters, digits and their marks. Hyphens inside it (<c>peut-être</c>), apostrophes
/// inside it that are no elision (<c>aujourd'hui</c>), and points and commas between digits (<c>3.14</c>) belong to it. Every other
/// character is a token of its own, except runs such as <c>...</c>, <c>!!</c> and <c>--</c>.
/// </summary>
internal static class WordSplitter
{
    /// <summary>
    /// Adds the places of the tokens of <paramref name="text"/> to <paramref name="places"/>, in order.
    /// </summary>
    public static void Split(ReadOnlySpan<char> text, List<TokenPlace> places)
    {
        var joined = false;
        for (var at = 0; at < text.Length;)
        {
            if (at == 0 && LanguageTag.LengthAt(text) is var tag and > 0)
            {
                places.Add(new TokenPlace(0, tag, joined));
                (at, joined) = (tag, true);
                continue;
            }
            if (WhitespaceChunks.IsSpace(text[at]))
            {
                joined = false;
                at++;
                continue;
            }
            int end;
            if (TokenSpacing.IsWordRune(RuneAt(text, at, out _)))
            {
                end = EndOfWord(text, at);
                SplitApostrophes(text, at, end, joined, places);
            }
            else
            {
                end = EndOfSymbol(text, at);
                places.Add(new TokenPlace(at, end - at, joined));
            }
            joined = true;
            at = end;
        }
    }

    private static int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        var at = start;
        while (at < text.Length && !WhitespaceChunks.IsSpace(text[at]))
        {
            if (TokenSpacing.IsWordRune(RuneAt(text, at, out var used)))
                at += used;
            else if (at > start && BindsInside(text, at))
                at++;
            else
                break;
        }
        return at;
    }

    private static bool BindsInside(ReadOnlySpan<char> text, int at)
    {
        if (at + 1 >= text.Length || WhitespaceChunks.IsSpace(text[at + 1]) ||
            !TokenSpacing.IsWordRune(RuneAt(text, at + 1, out _)))
            return false;
        return text[at] switch
        {
            '\'' or '\u2019' or '-' or '\u2010' or '\u2011' => true,
            '.' or ',' => char.IsDigit(text[at - 1]) && char.IsDigit(text[at + 1]),
            _ => false,
        };
    }

    private static int EndOfSymbol(ReadOnlySpan<char> text, int start)
    {
        RuneAt(text, start, out var used);
        var at = start + used;
        if (text[start] is '.' or '!' or '?' or '-' or '*' or '_' or '=' or '~' or '+' or '#')
            while (at < text.Length && text[at] == text[start])
                at++;
        // Marks and joiners (accents, emoji variations) belong to what they follow.
        while (at < text.Length && !WhitespaceChunks.IsSpace(text[at]) && Extends(RuneAt(text, at, out used)))
            at += used;
        return at;
    }

    private static bool Extends(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.EnclosingMark or UnicodeCategory.Format;

    private static void SplitApostrophes(ReadOnlySpan<char> text, int start, int end, bool joined, List<TokenPlace> places)
    {
        // English endings, from the right: he'd've -> he 'd 've; they are put after the rest of the word below.
        var wordEnd = end;
        while (TryCutSuffix(text[start..wordEnd], out var stem))
            wordEnd = start + stem;

        // French elisions, from the left: d'aujourd'hui -> d' aujourd'hui.
        while (FirstApostrophe(text[start..wordEnd]) is var at and > 0 && TokenSpacing.IsElision(text.Slice(start, at)))
        {
            places.Add(new TokenPlace(start, at + 1, joined));
            joined = true;
            start += at + 1;
        }
        places.Add(new TokenPlace(start, wordEnd - start, joined));

        var first = places.Count;
        while (end > wordEnd)
        {
            TryCutSuffix(text[start..end], out var stem);
            places.Insert(first, new TokenPlace(start + stem, end - start - stem, true));
            end = start + stem;
        }
    }

    private static bool TryCutSuffix(ReadOnlySpan<char> word, out int stem)
    {
        stem = word.LastIndexOfAny('\'', '\u2019');
        if (stem <= 0 || !TokenSpacing.IsSuffix(word[(stem + 1)..]))
            return false;
        // Negation is one token: do n't, is n't; with a stem of at least one letter before it.
        if (word[(stem + 1)..] is "t" or "T" && word[stem - 1] is 'n' or 'N' &&
            stem >= 2 && !TokenSpacing.IsApostrophe(word[stem - 2]))
            stem--;
        return true;
    }

    private static int FirstApostrophe(ReadOnlySpan<char> word) => word.IndexOfAny('\'', '\u2019');

    private static Rune RuneAt(ReadOnlySpan<char> text, int at, out int used)
    {
        Rune.DecodeFromUtf16(text[at..], out var rune, out used);
        return rune;
    }
}
