using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DistSeq2Seq.Cli.Launch;

/// <summary>
/// Reads YAML into JSON nodes as Kubernetes does. Plain scalars that YAML 1.1 and 1.2 read differently (<c>yes</c>,
/// <c>010</c>, <c>1:30</c>) are refused, because tools on the way to the cluster disagree about them.
/// </summary>
public static partial class YamlReader
{
    /// <summary>All documents of the text, empty ones left out.</summary>
    /// <param name="text">YAML, several documents parted by <c>---</c>.</param>
    /// <param name="source">What the text is, for messages.</param>
    /// <exception cref="LaunchException">The text is no YAML, repeats a key, or holds an ambiguous scalar.</exception>
    public static IReadOnlyList<JsonNode> Read(string text, string source)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException problem)
        {
            throw new LaunchException(
                $"{source}, line {problem.Start.Line}: this is not valid YAML: {problem.Message}", problem);
        }
        return [.. stream.Documents.Select(document => Convert(document.RootNode, source)).OfType<JsonNode>()];
    }

    private static JsonNode? Convert(YamlNode node, string source) => node switch
    {
        YamlMappingNode mapping => ConvertMapping(mapping, source),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Select(item => Convert(item, source))]),
        YamlScalarNode scalar => ConvertScalar(scalar, source),
        _ => throw Refuse(node, source, $"a {node.NodeType} node is not understood here"),
    };

    private static JsonObject ConvertMapping(YamlMappingNode mapping, string source)
    {
        var result = new JsonObject();
        foreach (var (key, value) in mapping.Children)
        {
            if (key is not YamlScalarNode { Value: { } name })
                throw Refuse(key, source, "a key must be a text");
            result[name] = Convert(value, source);
        }
        return result;
    }

    private static JsonNode? ConvertScalar(YamlScalarNode scalar, string source)
    {
        if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific)
            throw Refuse(scalar, source, $"the tag {scalar.Tag} is not understood; quote texts instead");
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
            return JsonValue.Create(text);
        if (IsAmbiguous(text))
            throw Refuse(scalar, source, $"YAML 1.1 and 1.2 read {text} differently; write \"{text}\" or the plain value");
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when Integer().IsMatch(text) && long.TryParse(text, CultureInfo.InvariantCulture, out var number) =>
                JsonValue.Create(number),
            _ when Real().IsMatch(text) => JsonValue.Create(double.Parse(text, CultureInfo.InvariantCulture)),
            _ => JsonValue.Create(text),
        };
    }

    /// <summary>Whether a plain scalar would be read as something else than a text by some reader of YAML.</summary>
    internal static bool NeedsQuotes(string text) =>
        IsAmbiguous(text) || Integer().IsMatch(text) || Real().IsMatch(text) || Word().IsMatch(text);

    private static bool IsAmbiguous(string text) => Ambiguous().IsMatch(text);

    private static LaunchException Refuse(YamlNode node, string source, string why) =>
        new($"{source}, line {node.Start.Line}: {why}");

    [GeneratedRegex(@"^[-+]?(0|[1-9][0-9]*)$")]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Real();

    [GeneratedRegex("^(|~|null|true|false)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    // Booleans, octal, binary, hexadecimal, grouped and base-60 numbers of YAML 1.1 (https://yaml.org/type/).
    [GeneratedRegex(@"^([yn]|yes|no|on|off|[-+]?0[0-9][0-9_]*|[-+]?0[box][0-9a-f_]+|[-+]?[0-9][0-9_]*_[0-9_]*|[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?|[-+]?\.(inf|nan))$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Ambiguous();
}
