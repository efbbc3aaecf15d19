using System.Text.Json.Nodes;

namespace DistSeq2Seq.Cli.Launch;

/// <summary>One object of the Kubernetes API, as the JSON document that the API server would receive.</summary>
public sealed class KubernetesObject
{
    /// <summary>Takes a document that names its <c>apiVersion</c>, <c>kind</c> and <c>metadata.name</c>.</summary>
    /// <exception cref="LaunchException">One of the three is missing or not a string.</exception>
    public KubernetesObject(JsonObject json)
    {
        Json = json;
        ApiVersion = Text(json["apiVersion"], "apiVersion");
        Kind = Text(json["kind"], "kind");
        _ = Text((json["metadata"] as JsonObject)?["name"], "metadata.name");
    }

    /// <summary>The whole document; edits of it are edits of the object. Whole numbers are of type <see cref="long"/>.</summary>
    public JsonObject Json { get; }

    /// <summary>Group and version, such as <c>apps/v1</c>.</summary>
    public string ApiVersion { get; }

    /// <summary>The kind, such as <c>StatefulSet</c>.</summary>
    public string Kind { get; }

    /// <summary>The name within kind and namespace.</summary>
    public string Name => Json["metadata"]!["name"]!.GetValue<string>();

    /// <summary>The part <c>app.kubernetes.io/component</c> says that the object belongs to, or null.</summary>
    public string? Component => (Json["metadata"]!["labels"] as JsonObject)?[Labels.Component]?.GetValue<string>();

    /// <summary>The pod template of a workload, or null for any other object.</summary>
    public JsonObject? PodTemplate => (Json["spec"] as JsonObject)?["template"] as JsonObject;

    /// <summary>Kind and name as kubectl writes them: <c>StatefulSet/demo-worker</c>.</summary>
    public override string ToString() => $"{Kind}/{Name}";

    private string Text(JsonNode? node, string path) =>
        node is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0
            ? text
            : throw new LaunchException(
                $"a Kubernetes object has {node?.ToJsonString() ?? "nothing"} at {path}, where a text must be: {Excerpt()}");

    private string Excerpt()
    {
        var text = Json.ToJsonString();
        return text.Length <= 80 ? text : text[..80] + "…";
    }
}
