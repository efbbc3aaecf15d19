using System.Text;

namespace DistSeq2Seq.Model.Data;

/// <summary>
/// Normal forms C and KC (Unicode Standard Annex 15): decompose, order the marks by class, compose; Hangul by the
/// arithmetic of the Unicode Standard, section 3.12. The same on every machine.
/// </summary>
public static class UnicodeNormalizer
{
    private const int SyllableBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;
    private const int Syllables = Leads * Vowels * Tails;

    /// <summary>The text in a normal form; the text itself where nothing is to be done.</summary>
    /// <param name="text">Any text; a lone surrogate becomes U+FFFD where anything else had to be looked at.</param>
    /// <param name="form">The form.</param>
    public static ReadOnlySpan<char> Normalize(ReadOnlySpan<char> text, TextNormalization form)
    {
        // Below these nothing decomposes, or composes with what comes before.
        var plain = form switch
        {
            TextNormalization.None => char.MaxValue,
            TextNormalization.Nfc => '\u02FF',
            _ => '\u009F',
        };
        if (!text.ContainsAnyExceptInRange('\0', plain))
            return text;
        var codes = new List<int>(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, form == TextNormalization.Nfkc, codes);
        OrderMarks(codes);
        Compose(codes);
        var result = new StringBuilder(text.Length);
        Span<char> units = stackalloc char[2];
        foreach (var code in codes)
            result.Append(units[..new Rune(code).EncodeToUtf16(units)]);
        return result.ToString();
    }

    private static void Decompose(int code, bool compatibility, List<int> into)
    {
        if ((uint)(code - SyllableBase) < Syllables)
        {
            var syllable = code - SyllableBase;
            into.Add(LeadBase + syllable / (Vowels * Tails));
            into.Add(VowelBase + syllable % (Vowels * Tails) / Tails);
            if (syllable % Tails != 0)
                into.Add(TailBase + syllable % Tails);
        }
        else if (code >= 0xA0 && UnicodeTables.Instance.DecompositionOf(code, compatibility) is { } parts)
        {
            foreach (var part in parts)
                Decompose(part, compatibility, into);
        }
        else
        {
            into.Add(code);
        }
    }

    // Marks of different classes that follow each other stand in the order of their classes; equal ones keep theirs.
    private static void OrderMarks(List<int> codes)
    {
        var tables = UnicodeTables.Instance;
        for (var i = 0; i < codes.Count; i++)
        {
            if (tables.ClassOf(codes[i]) == 0)
                continue;
            var end = i + 1;
            while (end < codes.Count && tables.ClassOf(codes[end]) != 0)
                end++;
            var ordered = codes[i..end].OrderBy(tables.ClassOf).ToList();
            for (var j = 0; j < ordered.Count; j++)
                codes[i + j] = ordered[j];
            i = end;
        }
    }

    private static void Compose(List<int> codes)
    {
        var tables = UnicodeTables.Instance;
        // The class of what was kept last behind the starter; -1 for nothing.
        var (written, starter, lastClass) = (0, -1, -1);
        for (var read = 0; read < codes.Count; read++)
        {
            var code = codes[read];
            var own = tables.ClassOf(code);
            // A mark of the same class, or a starter, between the two blocks them.
            if (starter >= 0 && lastClass < own && ComposeTwo(codes[starter], code) is var both and >= 0)
            {
                codes[starter] = both;
                continue;
            }
            if (own == 0)
                (starter, lastClass) = (written, -1);
            else
                lastClass = own;
            codes[written++] = code;
        }
        codes.RemoveRange(written, codes.Count - written);
    }

    private static int ComposeTwo(int first, int second)
    {
        var (lead, vowel) = (first - LeadBase, second - VowelBase);
        if ((uint)lead < Leads && (uint)vowel < Vowels)
            return SyllableBase + (lead * Vowels + vowel) * Tails;
        var (syllable, tail) = (first - SyllableBase, second - TailBase);
        if ((uint)syllable < Syllables && syllable % Tails == 0 && tail is > 0 and < Tails)
            return first + tail;
        return UnicodeTables.Instance.Compose(first, second);
    }
}
