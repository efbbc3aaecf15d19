using System.Text.Json.Nodes;

namespace DistSeq2Seq.Cli.Launch;

/// <summary>
/// Builds the kustomizations of deploy/k8s without kubectl, so that <c>launch</c> starts from the very files that
/// <c>kubectl apply -k</c> uses. It knows the fields that those use (resources, components, patches by JSON Patch,
/// configMapGenerator from files, images) and refuses any other by name. Tests hold its output against kubectl's.
/// </summary>
/// <param name="read">Gives the text of a file by its path below deploy/k8s (<c>base/worker.yaml</c>), null where there is none.</param>
public sealed class Kustomization(Func<string, string?> read)
{
    private const string FileName = "kustomization.yaml";

    /// <summary>The objects of a base or an overlay, in the order of its resources.</summary>
    /// <param name="folder">Path below deploy/k8s, such as <c>overlays/gpu</c>.</param>
    /// <exception cref="LaunchException">A file is missing, or uses what this subset does not know.</exception>
    public IReadOnlyList<KubernetesObject> Build(string folder)
    {
        var objects = new List<KubernetesObject>();
        Accumulate(folder, "Kustomization", objects);
        return objects;
    }

    /// <summary>Applies a component to objects that are built already, as an overlay that lists it would.</summary>
    /// <param name="folder">Path below deploy/k8s, such as <c>components/gpu</c>.</param>
    /// <param name="objects">Changed in place.</param>
    /// <exception cref="LaunchException">As for <see cref="Build"/>; also a patch that finds no target.</exception>
    public void Apply(string folder, ICollection<KubernetesObject> objects) => Accumulate(folder, "Component", objects);

    private void Accumulate(string folder, string kind, ICollection<KubernetesObject> objects)
    {
        var path = $"{folder}/{FileName}";
        var file = Document(path) as JsonObject ?? throw new LaunchException($"{path}: a mapping is expected");
        Check(file, path, "apiVersion", "kind", "resources", "components", "patches", "configMapGenerator", "images");
        if (file["kind"]?.GetValue<string>() != kind)
            throw new LaunchException($"{path}: the kind is {file["kind"]?.ToJsonString()}, {kind} is expected here");
        // kustomize's order: what the folder brings together, then its components, then its own changes to all of that.
        foreach (var resource in Texts(file, "resources"))
            AddResource(Join(folder, resource), objects);
        foreach (var generator in Items(file, "configMapGenerator"))
            objects.Add(ConfigMap(folder, generator, path));
        foreach (var component in Texts(file, "components"))
            Apply(Join(folder, component), objects);
        foreach (var patch in Items(file, "patches"))
            ApplyPatch(folder, patch, path, objects);
        foreach (var image in Items(file, "images"))
            ApplyImage(image, path, objects);
    }

    private void AddResource(string path, ICollection<KubernetesObject> objects)
    {
        if (read($"{path}/{FileName}") is not null)
        {
            Accumulate(path, "Kustomization", objects);
            return;
        }
        foreach (var document in YamlReader.Read(Text(path), path))
            objects.Add(new KubernetesObject(
                document as JsonObject ?? throw new LaunchException($"{path}: a mapping is expected")));
    }

    private KubernetesObject ConfigMap(string folder, JsonObject generator, string path)
    {
        Check(generator, path, "name", "files", "options");
        var options = generator["options"] as JsonObject ?? [];
        Check(options, path, "disableNameSuffixHash", "labels");
        if (options["disableNameSuffixHash"]?.GetValue<bool>() != true)
            throw new LaunchException($"{path}: a generated ConfigMap needs disableNameSuffixHash: true here");
        var data = new JsonObject();
        foreach (var file in Texts(generator, "files"))
            data[file] = Text(Join(folder, file));
        var metadata = new JsonObject { ["name"] = generator["name"]?.DeepClone() };
        if (options["labels"] is JsonObject labels)
            metadata["labels"] = labels.DeepClone();
        return new KubernetesObject(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = metadata,
            ["data"] = data,
        });
    }

    private void ApplyPatch(string folder, JsonObject patch, string path, IEnumerable<KubernetesObject> objects)
    {
        Check(patch, path, "path", "target");
        var target = patch["target"] as JsonObject ?? throw new LaunchException($"{path}: a patch needs a target here");
        Check(target, path, "kind", "name");
        var patchPath = Join(folder, patch["path"]!.GetValue<string>());
        var operations = Document(patchPath) as JsonArray
            ?? throw new LaunchException($"{patchPath}: a list of JSON Patch operations is expected");
        var kind = target["kind"]!.GetValue<string>();
        var name = target["name"]!.GetValue<string>();
        var found = objects.SingleOrDefault(item => item.Kind == kind && item.Name == name)
            ?? throw new LaunchException($"{path}: the patch {patchPath} is for {kind}/{name}, which is not here");
        JsonPatch.Apply(found.Json, operations, patchPath);
    }

    private static void ApplyImage(JsonObject image, string path, IEnumerable<KubernetesObject> objects)
    {
        Check(image, path, "name", "newName", "newTag");
        var name = image["name"]!.GetValue<string>();
        foreach (var container in objects.SelectMany(item => item.Containers()))
        {
            // A colon after the last slash parts the tag; one before it belongs to a registry's port.
            var old = container["image"]!.GetValue<string>();
            var colon = old.IndexOf(':', old.LastIndexOf('/') + 1);
            var (oldName, oldTag) = colon < 0 ? (old, "latest") : (old[..colon], old[(colon + 1)..]);
            if (oldName != name)
                continue;
            var newName = image["newName"]?.GetValue<string>() ?? oldName;
            container["image"] = $"{newName}:{image["newTag"]?.GetValue<string>() ?? oldTag}";
        }
    }

    private JsonNode Document(string path)
    {
        var documents = YamlReader.Read(Text(path), path);
        return documents.Count == 1
            ? documents[0]
            : throw new LaunchException($"{path}: {documents.Count} YAML documents, one is expected");
    }

    private string Text(string path) =>
        read(path) ?? throw new LaunchException($"deploy/k8s/{path}: the file is missing");

    private static void Check(JsonObject mapping, string path, params string[] known)
    {
        foreach (var (key, _) in mapping)
            if (!known.Contains(key))
                throw new LaunchException(
                    $"{path}: {key} is not understood here (known: {string.Join(", ", known)}); kubectl kustomize knows it");
    }

    private static IEnumerable<string> Texts(JsonObject mapping, string key) =>
        (mapping[key] as JsonArray ?? []).Select(item => item!.GetValue<string>());

    private static IEnumerable<JsonObject> Items(JsonObject mapping, string key) =>
        (mapping[key] as JsonArray ?? []).Select(item => item!.AsObject());

    private static string Join(string folder, string relative)
    {
        var parts = new List<string>(folder.Split('/'));
        foreach (var part in relative.Split('/'))
        {
            if (part != "..")
                parts.Add(part);
            else if (parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else
                throw new LaunchException($"{folder}: {relative} leads out of deploy/k8s");
        }
        return string.Join('/', parts);
    }
}
