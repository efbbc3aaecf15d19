using System.Text;

namespace DistSeq2Seq.Quickstart;

/// <summary>English spelling: a or an, regular plurals and verb forms, the possessive, the capital at the start.</summary>
internal static class EnglishText
{
    /// <summary>A whole sentence of words and its final mark.</summary>
    public static string Sentence(string words, char mark)
    {
        var list = words.Split(' ');
        var result = new StringBuilder(words.Length + 2);
        for (var i = 0; i < list.Length; i++)
        {
            if (i > 0)
                result.Append(' ');
            result.Append(list[i]);
            if (list[i] == "a" && i + 1 < list.Length && StartsWithVowelSound(list[i + 1]))
                result.Append('n');
        }
        result[0] = char.ToUpperInvariant(result[0]);
        return result.Append(mark).ToString();
    }

    /// <summary>The regular plural of a noun, also the regular third person of a verb.</summary>
    public static string WithS(string word)
    {
        if (word[^1] == 'y' && !"aeiou".Contains(word[^2]))
            return word[..^1] + "ies";
        var sibilant = word[^1] is 's' or 'x' or 'z' || word.EndsWith("ch", StringComparison.Ordinal)
            || word.EndsWith("sh", StringComparison.Ordinal);
        return word + (sibilant ? "es" : "s");
    }

    /// <summary>The regular past of a verb.</summary>
    public static string WithEd(string verb)
    {
        if (verb[^1] == 'e')
            return verb + "d";
        return verb[^1] == 'y' && !"aeiou".Contains(verb[^2]) ? verb[..^1] + "ied" : verb + "ed";
    }

    /// <summary>The regular present participle of a verb.</summary>
    public static string WithIng(string verb) =>
        verb[^1] == 'e' && verb[^2] != 'e' ? verb[..^1] + "ing" : verb + "ing";

    /// <summary>The possessive of a name or noun phrase.</summary>
    public static string Possessive(string words, bool plural) => words + (plural && words[^1] == 's' ? "'" : "'s");

    private static bool StartsWithVowelSound(string word) =>
        word == "hour" || ("aeiou".Contains(word[0]) && word is not ("useful" or "university" or "one" or "uniform"));
}
