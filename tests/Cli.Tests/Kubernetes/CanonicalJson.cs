using System.Text.Json.Nodes;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>JSON with its keys in order, so that documents of different writers compare as texts.</summary>
internal static class CanonicalJson
{
    public static string Write(JsonNode? node) => Sort(node)?.ToJsonString() ?? "null";

    private static JsonNode? Sort(JsonNode? node) => node switch
    {
        JsonObject mapping => new JsonObject(mapping.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(pair.Key, Sort(pair.Value)))),
        JsonArray sequence => new JsonArray([.. sequence.Select(Sort)]),
        _ => node?.DeepClone(),
    };
}
