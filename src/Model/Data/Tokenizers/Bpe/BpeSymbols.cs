namespace DistSeq2Seq.Model.Data.Tokenizers.Bpe;

/// <summary>Numbers symbols: equal text, equal number, whichever merge made it.</summary>
internal sealed class BpeSymbols
{
    private readonly List<string> _texts = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    public BpeSymbols() => Lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Numbers of symbols that are known, by their text.</summary>
    public Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Lookup { get; }

    public string this[int id] => _texts[id];

    public int Intern(string text)
    {
        if (_ids.TryGetValue(text, out var id))
            return id;
        _ids.Add(text, _texts.Count);
        _texts.Add(text);
        return _texts.Count - 1;
    }

    /// <summary>Two symbols as one key.</summary>
    public static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;
}
