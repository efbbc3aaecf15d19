using YamlDotNet.RepresentationModel;

namespace DistSeq2Seq.Configuration;

/// <summary>Where the keys of a configuration stand, for errors: a line of the file, or an option of the command line.</summary>
/// <param name="name">What to call the file.</param>
internal sealed class KeyPlaces(string name)
{
    // By reference: equal keys of other sections are other places.
    private readonly Dictionary<YamlNode, string> _overrides = new(ReferenceEqualityComparer.Instance);

    /// <summary>Notes that a key comes from an override, <c>a.b=c</c>.</summary>
    public void Add(YamlNode key, string item) => _overrides[key] = $"--set {item}";

    /// <summary>The place of all keys together, for what several of them make impossible.</summary>
    public string OfAll => _overrides.Count == 0 ? name : $"{name} with its --set options";

    /// <summary>The place of a key.</summary>
    public string Of(YamlNode key) => _overrides.TryGetValue(key, out var option) ? option : $"{name}, line {key.Start.Line}";
}
