using System.Globalization;

namespace DistSeq2Seq.Configuration;

/// <summary>One corpus of a split.</summary>
/// <param name="Source">Source file; empty where one file holds both sides.</param>
/// <param name="Target">Target file; empty where one file holds both sides.</param>
/// <param name="Path">The file of both sides; empty where each side has its own file.</param>
/// <param name="Tag">Name of the target language, put before every source as <c>&lt;2name&gt;</c>; empty for none.</param>
/// <param name="Weight">Copies of each of its pairs, above 0: 2 is twice, 0.5 every other pair.</param>
public sealed record CorpusPart(string Source, string Target, string Path, string Tag, double Weight);

/// <summary>Takes a split's lists apart: names, tags and weights, separated by commas.</summary>
public static class SplitCorpora
{
    private const double LargestWeight = 1000;

    /// <summary>The corpora of a split, at least one.</summary>
    /// <param name="split">The split.</param>
    /// <param name="key">Its key, for errors, as <c>data.train</c>.</param>
    /// <exception cref="ConfigurationException">The lists differ in length, or a tag or weight is invalid.</exception>
    public static IReadOnlyList<CorpusPart> Of(SplitConfiguration split, string key)
    {
        string[] sources = List(split.Source), targets = List(split.Target), paths = List(split.Path);
        string[] tags = List(split.Tag), weights = List(split.Weight);
        var count = Math.Max(sources.Length, paths.Length);
        foreach (var (name, list) in new[]
        {
            ("source", sources),
            ("target", targets),
            ("path", paths),
            ("tag", tags),
            ("weight", weights),
        })
        {
            if (list.Length != count && !(list.Length == 1 && list[0].Length == 0))
                throw new ConfigurationException($"{key}.{name} has {list.Length} values and {key} has {count} corpora; give one for each, "
                    + "separated by commas");
        }

        return [.. Enumerable.Range(0, count).Select(i => new CorpusPart(At(sources, i), At(targets, i), At(paths, i), Tag(At(tags, i)),
            Weight(At(weights, i))))];

        string Tag(string tag) => tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? tag
            : throw new ConfigurationException($"{key}.tag holds `{tag}`; a tag is letters, digits, - and _, for example fr");

        double Weight(string weight) => weight.Length == 0
            ? 1
            : double.TryParse(weight, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= LargestWeight
            ? number
            : throw new ConfigurationException($"{key}.weight holds `{weight}`; a weight is a number above 0 and at most {LargestWeight}, "
                + "for example 2");
    }

    private static string[] List(string text) => text.Contains(',', StringComparison.Ordinal)
        ? text.Split(',', StringSplitOptions.TrimEntries) : [text];

    private static string At(string[] list, int i) => i < list.Length ? list[i] : "";
}
