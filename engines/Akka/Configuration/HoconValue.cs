namespace Akka.Configuration;

/// <summary>A node of a parsed configuration: an object, an array or a literal.</summary>
internal abstract class HoconValue
{
}

/// <summary>Text of a literal. <see cref="Quoted"/> tells the string "null" from the word.</summary>
internal sealed class HoconLiteral(string text, bool quoted) : HoconValue
{
    public string Text { get; } = text;

    public bool Quoted { get; } = quoted;
}

/// <summary>Values in order.</summary>
internal sealed class HoconArray : HoconValue
{
    public List<HoconValue> Items { get; } = [];
}

/// <summary>A reference <c>${path}</c> or, optional, <c>${?path}</c>; replaced when the whole text has been read.</summary>
internal sealed class HoconSubstitution(string path, bool optional) : HoconValue
{
    public string Path { get; } = path;

    public bool Optional { get; } = optional;
}

/// <summary>Parts that stand side by side and form one value.</summary>
internal sealed class HoconConcatenation : HoconValue
{
    public List<HoconValue> Parts { get; } = [];
}

/// <summary>Keys and values; keys keep their order.</summary>
internal sealed class HoconObject : HoconValue
{
    private readonly Dictionary<string, HoconValue> _fields = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, HoconValue> Fields => _fields;

    public HoconValue Find(string key) => _fields.GetValueOrDefault(key);

    /// <summary>Sets a field, merging objects: the newer value wins where both have one.</summary>
    public void Put(string key, HoconValue value)
    {
        if (value is HoconObject newer && _fields.GetValueOrDefault(key) is HoconObject older)
            _fields[key] = older.MergedWith(newer);
        else
            _fields[key] = value;
    }

    /// <summary>Sets a field without merging.</summary>
    public void Replace(string key, HoconValue value) => _fields[key] = value;

    /// <summary>Drops a field.</summary>
    public void Remove(string key) => _fields.Remove(key);

    /// <summary>A new object with this one's fields overridden by those of <paramref name="newer"/>.</summary>
    public HoconObject MergedWith(HoconObject newer)
    {
        var merged = new HoconObject();
        foreach (var (key, value) in _fields) merged._fields[key] = value;
        foreach (var (key, value) in newer._fields) merged.Put(key, value);
        return merged;
    }
}
