using System.Text.Json.Nodes;

namespace DistSeq2Seq.Cli.Launch;

/// <summary>Ways to the parts of a workload's pod template that several readers and edits share.</summary>
internal static class PodAccess
{
    /// <summary>The containers of a workload's pods; none for any other object.</summary>
    public static IEnumerable<JsonObject> Containers(this KubernetesObject item) =>
        (item.PodTemplate?["spec"]?["containers"] as JsonArray ?? []).Select(container => container!.AsObject());

    /// <summary>The only container of the workload's pods.</summary>
    public static JsonObject Container(this KubernetesObject item) => item.Containers().Single();

    /// <summary>Sets an environment variable that the manifest declares already.</summary>
    /// <exception cref="LaunchException">The container declares no such variable.</exception>
    public static void SetEnvironment(this KubernetesObject item, string name, string value)
    {
        var variable = item.Container()["env"]!.AsArray()
            .SingleOrDefault(entry => entry!["name"]!.GetValue<string>() == name)
            ?? throw new LaunchException($"deploy/k8s: {item} declares no environment variable {name}");
        variable["value"] = value;
    }
}
