using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>
/// Checks objects against the JSON schema definitions that the Kubernetes project generates from its OpenAPI document,
/// more strictly than these ask: a field that a schema with properties does not name is an error, as for an API server
/// with <c>fieldValidation=Strict</c>, and so is a null.
/// </summary>
internal sealed partial class SchemaValidator
{
    private const string Prefix = "#/definitions/";
    private readonly JsonObject _definitions;
    private readonly Dictionary<(string ApiVersion, string Kind), string> _kinds = [];

    public SchemaValidator(JsonNode document)
    {
        _definitions = document["definitions"]!.AsObject();
        foreach (var (name, schema) in _definitions)
            foreach (var kind in schema!["x-kubernetes-group-version-kind"] as JsonArray ?? [])
            {
                var (group, version) = (kind!["group"]!.GetValue<string>(), kind["version"]!.GetValue<string>());
                var key = (group.Length == 0 ? version : $"{group}/{version}", kind["kind"]!.GetValue<string>());
                // A few types (DeleteOptions) stand for many groups; only objects with metadata are checked here.
                _kinds.TryAdd(key, name);
            }
    }

    public static SchemaValidator LoadOrSkip() => new(JsonNode.Parse(
        File.ReadAllText(ReferenceFolder.FileOrSkip("kubernetes/v1.35.0-definitions.json")))!);

    /// <summary>Everything wrong with an object, each with its path; none for a valid one.</summary>
    public IReadOnlyList<string> Validate(JsonObject item)
    {
        var key = (item["apiVersion"]?.ToString() ?? "", item["kind"]?.ToString() ?? "");
        if (!_kinds.TryGetValue(key, out var definition))
            return [$"{key.Item1} has no kind {key.Item2}"];
        var errors = new List<string>();
        Check(item, _definitions[definition]!.AsObject(), $"{key.Item2}/{item["metadata"]?["name"]}", errors);
        return errors;
    }

    private void Check(JsonNode? node, JsonObject schema, string path, List<string> errors)
    {
        if (schema["$ref"]?.GetValue<string>() is { } reference)
        {
            var name = reference[Prefix.Length..];
            if (name == "io.k8s.apimachinery.pkg.api.resource.Quantity")
                CheckQuantity(node, path, errors);
            else
                Check(node, _definitions[name]!.AsObject(), path, errors);
            return;
        }
        if (schema["oneOf"] is JsonArray choices)
        {
            var types = choices.Select(choice => choice!["type"]!.GetValue<string>()).ToArray();
            if (!types.Any(type => IsOfType(node, type)))
                errors.Add($"{path}: {Show(node)} is none of {string.Join(", ", types)}");
            return;
        }
        if (schema["type"]?.GetValue<string>() is not { } expected)
            return;
        if (!IsOfType(node, expected))
        {
            errors.Add($"{path}: {Show(node)} is no {expected}");
            return;
        }
        if (schema["enum"] is JsonArray values && !values.Any(value => JsonNode.DeepEquals(value, node)))
            errors.Add($"{path}: {Show(node)} is none of {string.Join(", ", values.Select(Show))}");
        if (schema["format"]?.GetValue<string>() is { } format && !IsOfFormat(node!, format))
            errors.Add($"{path}: {Show(node)} is no {format}");
        if (node is JsonObject mapping)
            CheckObject(mapping, schema, path, errors);
        else if (node is JsonArray items && schema["items"] is JsonObject element)
            for (var index = 0; index < items.Count; index++)
                Check(items[index], element, $"{path}[{index}]", errors);
    }

    private void CheckObject(JsonObject mapping, JsonObject schema, string path, List<string> errors)
    {
        foreach (var required in schema["required"] as JsonArray ?? [])
            if (!mapping.ContainsKey(required!.GetValue<string>()))
                errors.Add($"{path}: {required} is missing");
        var properties = schema["properties"] as JsonObject;
        var others = schema["additionalProperties"];
        // Neither: a free document, such as the raw value of a custom field.
        if (properties is null && others is null)
            return;
        foreach (var (key, value) in mapping)
            if (properties?[key] is JsonObject property)
                Check(value, property, $"{path}.{key}", errors);
            else if (others is JsonObject shared)
                Check(value, shared, $"{path}.{key}", errors);
            else
                errors.Add($"{path}: {key} is unknown");
    }

    // The schema says text or number; the API server's own pattern is narrower (apimachinery, pkg/api/resource/quantity.go).
    private static void CheckQuantity(JsonNode? node, string path, List<string> errors)
    {
        if (!IsOfType(node, "number") && !(IsOfType(node, "string") && Quantity().IsMatch(node!.GetValue<string>())))
            errors.Add($"{path}: {Show(node)} is no quantity");
    }

    private static bool IsOfType(JsonNode? node, string type) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => false,
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Number => type == "number" || (type == "integer" && long.TryParse(
            node.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)),
        var kind => throw new InvalidOperationException($"{kind} is no kind of JSON value"),
    };

    private static bool IsOfFormat(JsonNode node, string format) => format switch
    {
        "int32" => int.TryParse(node.ToJsonString(), CultureInfo.InvariantCulture, out _),
        "int64" or "double" => true,
        "byte" => Convert.TryFromBase64String(node.GetValue<string>(), new byte[node.GetValue<string>().Length], out _),
        "date-time" => DateTimeOffset.TryParse(node.GetValue<string>(), CultureInfo.InvariantCulture, out _),
        _ => throw new InvalidOperationException($"The schema's format {format} is new here"),
    };

    private static string Show(JsonNode? node) => node?.ToJsonString() ?? "null";

    [GeneratedRegex(@"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?\z")]
    private static partial Regex Quantity();
}
