using System.Collections;

namespace Grpc.Core;

/// <summary>
/// Headers or trailers of a call, in order, duplicates allowed. A key that ends in <c>-bin</c> carries bytes, any other
/// key ASCII text.
/// </summary>
public sealed partial class Metadata : IList<Metadata.Entry>
{
    /// <summary>The suffix of keys whose values are bytes.</summary>
    public const string BinaryHeaderSuffix = "-bin";

    /// <summary>No entries; read-only.</summary>
    public static readonly Metadata Empty = new() { IsReadOnly = true };

    private readonly List<Entry> _entries = [];

    /// <summary>The number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>True for <see cref="Empty"/> only.</summary>
    public bool IsReadOnly { get; private init; }

    /// <summary>The entry at a position.</summary>
    public Entry this[int index]
    {
        get => _entries[index];
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Writable()[index] = value;
        }
    }

    /// <summary>The last entry with a key, or null. Case is ignored.</summary>
    public Entry? Get(string key) => _entries.FindLast(entry => entry.HasKey(key));

    /// <summary>The last text under a key, or null.</summary>
    /// <exception cref="InvalidOperationException">The entry is binary.</exception>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The last value under a key as bytes, or null.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    /// <summary>Every entry with a key, in order.</summary>
    public IEnumerable<Entry> GetAll(string key) => _entries.Where(entry => entry.HasKey(key));

    /// <summary>Adds an entry.</summary>
    public void Add(Entry item)
    {
        ArgumentNullException.ThrowIfNull(item);
        Writable().Add(item);
    }

    /// <summary>Adds text under a key.</summary>
    /// <exception cref="ArgumentException">The key has a wrong character, or ends in <c>-bin</c>.</exception>
    public void Add(string key, string value) => Add(new Entry(key, value));

    /// <summary>Adds bytes under a key.</summary>
    /// <exception cref="ArgumentException">The key has a wrong character, or does not end in <c>-bin</c>.</exception>
    public void Add(string key, byte[] valueBytes) => Add(new Entry(key, valueBytes));

    /// <summary>Inserts an entry at a position.</summary>
    public void Insert(int index, Entry item)
    {
        ArgumentNullException.ThrowIfNull(item);
        Writable().Insert(index, item);
    }

    /// <summary>Removes the first occurrence of an entry.</summary>
    public bool Remove(Entry item) => Writable().Remove(item);

    /// <summary>Removes the entry at a position.</summary>
    public void RemoveAt(int index) => Writable().RemoveAt(index);

    /// <summary>Removes every entry.</summary>
    public void Clear() => Writable().Clear();

    /// <summary>The position of an entry, or -1.</summary>
    public int IndexOf(Entry item) => _entries.IndexOf(item);

    /// <summary>Whether the entry is there.</summary>
    public bool Contains(Entry item) => _entries.Contains(item);

    /// <summary>Copies the entries into an array.</summary>
    public void CopyTo(Entry[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);

    /// <summary>The entries in order.</summary>
    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private List<Entry> Writable() =>
        IsReadOnly ? throw new InvalidOperationException("Object is read only") : _entries;
}
