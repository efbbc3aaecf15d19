using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TorchSharp;

/// <summary>Values by name, in the order in which the names first came.</summary>
internal sealed class OrderedNames<T> : IEnumerable<(string name, T value)>
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, T> _values = [];

    public T this[string name]
    {
        set
        {
            if (!_values.ContainsKey(name))
                _names.Add(name);
            _values[name] = value;
        }
    }

    public bool Contains(string name) => _values.ContainsKey(name);

    public bool TryGet(string name, [MaybeNullWhen(false)] out T value) => _values.TryGetValue(name, out value);

    public void Remove(string name)
    {
        if (_values.Remove(name))
            _names.Remove(name);
    }

    public IEnumerator<(string name, T value)> GetEnumerator()
    {
        foreach (var name in _names)
            yield return (name, _values[name]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
