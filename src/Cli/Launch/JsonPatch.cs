using System.Globalization;
using System.Text.Json.Nodes;

namespace DistSeq2Seq.Cli.Launch;

/// <summary>JSON Patch (RFC 6902): the operations <c>add</c>, <c>remove</c>, <c>replace</c> and <c>test</c>.</summary>
public static class JsonPatch
{
    /// <summary>Applies the operations in order to the document, which it changes in place.</summary>
    /// <param name="document">The document to change.</param>
    /// <param name="operations">An array of operations, as RFC 6902, section 3, writes them.</param>
    /// <param name="source">What the patch is, for messages.</param>
    /// <exception cref="LaunchException">A path is absent, a test fails, or an operation is none of the four.</exception>
    public static void Apply(JsonObject document, JsonArray operations, string source)
    {
        foreach (var operation in operations)
        {
            var name = operation?["op"]?.GetValue<string>();
            var pointer = operation?["path"]?.GetValue<string>()
                ?? throw new LaunchException($"{source}: an operation without a path: {operation?.ToJsonString()}");
            var value = operation["value"];
            var (parent, key) = Locate(document, pointer, source);
            switch (name)
            {
                case "add":
                    Add(parent, key, value?.DeepClone(), source, pointer);
                    break;
                case "replace":
                    _ = Existing(parent, key, source, pointer);
                    Set(parent, key, value?.DeepClone());
                    break;
                case "remove":
                    _ = Existing(parent, key, source, pointer);
                    Remove(parent, key);
                    break;
                case "test":
                    var seen = Existing(parent, key, source, pointer);
                    if (!JsonNode.DeepEquals(seen, value))
                        throw new LaunchException(
                            $"{source}: at {pointer} stands {Show(seen)}, and the patch was written for {Show(value)}");
                    break;
                default:
                    throw new LaunchException(
                        $"{source}: the operation {Show(operation["op"])} is not one of add, remove, replace, test");
            }
        }
    }

    private static (JsonNode Parent, string Key) Locate(JsonObject document, string pointer, string source)
    {
        if (!pointer.StartsWith('/'))
            throw new LaunchException($"{source}: the path {pointer} must start with /");
        var keys = pointer[1..].Split('/').Select(key => key.Replace("~1", "/").Replace("~0", "~")).ToArray();
        JsonNode parent = document;
        foreach (var key in keys[..^1])
            parent = Existing(parent, key, source, pointer)
                ?? throw new LaunchException($"{source}: {pointer} passes through a null");
        return (parent, keys[^1]);
    }

    private static JsonNode? Existing(JsonNode parent, string key, string source, string pointer)
    {
        if (parent is JsonObject mapping && mapping.TryGetPropertyValue(key, out var value))
            return value;
        if (parent is JsonArray sequence && Index(key) is { } index && index < sequence.Count)
            return sequence[index];
        throw new LaunchException($"{source}: {pointer} is absent, nothing is at {key}");
    }

    private static void Add(JsonNode parent, string key, JsonNode? value, string source, string pointer)
    {
        if (parent is JsonObject mapping)
            mapping[key] = value;
        else if (parent is JsonArray sequence && key == "-")
            sequence.Add(value);
        else if (parent is JsonArray list && Index(key) is { } index && index <= list.Count)
            list.Insert(index, value);
        else
            throw new LaunchException($"{source}: nothing can be added at {pointer}");
    }

    private static void Set(JsonNode parent, string key, JsonNode? value)
    {
        if (parent is JsonArray sequence)
            sequence[Index(key)!.Value] = value;
        else
            parent[key] = value;
    }

    private static void Remove(JsonNode parent, string key)
    {
        if (parent is JsonArray sequence)
            sequence.RemoveAt(Index(key)!.Value);
        else
            ((JsonObject)parent).Remove(key);
    }

    private static int? Index(string key) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    private static string Show(JsonNode? node) => node?.ToJsonString() ?? "null";
}
