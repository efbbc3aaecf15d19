namespace DistSeq2Seq.Model.Data.Tokenizers.Bpe;

/// <summary>
/// Orders strings by their code points, as Python does. UTF-16 order differs: there a surrogate, and so every character
/// beyond U+FFFF, comes before U+E000 to U+FFFF.
/// </summary>
internal sealed class CodePointOrder : IComparer<string>
{
    public static CodePointOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        var same = x.AsSpan().CommonPrefixLength(y);
        if (same == x.Length || same == y.Length)
            return x.Length - y.Length;
        return Lifted(x[same]) - Lifted(y[same]);
    }

    // Where two strings first differ, a surrogate stands for a code point above all others.
    private static int Lifted(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
}
