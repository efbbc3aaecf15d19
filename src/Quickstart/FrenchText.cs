using System.Text;

namespace DistSeq2Seq.Quickstart;

/// <summary>French spelling across word borders: elision, spaces before marks, the capital at the start.</summary>
internal static class FrenchText
{
    private static readonly HashSet<string> Elided =
        ["le", "la", "de", "ne", "je", "me", "te", "se", "que", "ce", "lorsque", "jusque"];

    // Words whose h bars elision and liaison ("le héros"), and two vowels that do the same.
    private static readonly HashSet<string> Barred =
        ["haut", "haute", "hauts", "hautes", "héros", "hibou", "huit", "hockey", "homard", "onze", "onzième", "oui"];

    /// <summary>Whether a word makes the one before it elide: a vowel or a mute h at its start.</summary>
    public static bool StartsWithVowel(string word)
    {
        var lower = word.ToLowerInvariant();
        if (lower.Length == 0 || Barred.Contains(lower))
            return false;
        return lower == "y" || "aàâeéèêëiîïoôuùûhœ".Contains(lower[0]);
    }

    /// <summary>Writes out elisions: "je ai" becomes "j'ai", "si il" becomes "s'il".</summary>
    /// <param name="words">Words between single spaces, without marks except commas at the end of words.</param>
    public static string Elide(string words)
    {
        var list = words.Split(' ');
        var result = new StringBuilder(words.Length);
        for (var i = 0; i < list.Length; i++)
        {
            var word = list[i];
            var next = i + 1 < list.Length ? list[i + 1] : "";
            var lower = word.ToLowerInvariant();
            var elides = lower == "si"
                ? next is "il" or "ils"
                : lower == "ce" ? next is "est" or "était" : Elided.Contains(lower) && StartsWithVowel(next.TrimEnd(','));
            result.Append(elides ? word[..^1] + "'" : word);
            if (!elides && next.Length > 0)
                result.Append(' ');
        }
        return result.ToString();
    }

    /// <summary>A whole sentence of words and its final mark; French puts a space before question and exclamation marks.</summary>
    public static string Sentence(string words, char mark)
    {
        var text = Elide(words);
        return char.ToUpperInvariant(text[0]) + text[1..] + (mark == '.' ? "." : " " + mark);
    }
}
