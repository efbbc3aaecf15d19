using YamlDotNet.RepresentationModel;

namespace DistSeq2Seq.Configuration;

/// <summary>Where the keys of a configuration stand, for errors: a line of the file, or an option of the command line.</summary>
/// <param name="name">What to call the file.</param>
internal sealed class KeyPlaces(string name)
{
    // Compared by reference: keys of the same name in different sections have different places.
    private readonly Dictionary<YamlNode, string> _overrides = new(ReferenceEqualityComparer.Instance);

    /// <summary>Notes that a key comes from an override, <c>a.b=c</c>.</summary>
    public void Add(YamlNode key, string item) => _overrides[key] = $"--set {item}";

    /// <summary>The place to name in an error that concerns several keys together.</summary>
    public string OfAll => _overrides.Count == 0 ? name : $"{name} with its --set options";

    /// <summary>The place of a key.</summary>
    public string Of(YamlNode key) => _overrides.TryGetValue(key, out var option) ? option : $"{name}, line {key.Start.Line}";
}
