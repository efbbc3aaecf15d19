using System.Text.Json.Nodes;
using DistSeq2Seq.Cli.Launch;
using DistSeq2Seq.Tests.Support;
using Xunit;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>Runs the machine's <c>kubectl kustomize</c>, where that is new enough for components.</summary>
internal static class KubectlKustomize
{
    /// <summary>
    /// Builds a folder below deploy/k8s, or any other by its full path; skips the running test without a kubectl of 1.21
    /// or newer, whose kustomize is the first with components.
    /// </summary>
    public static async Task<IReadOnlyList<KubernetesObject>> BuildOrSkipAsync(string folder)
    {
        var version = await Tool.TryAsync("kubectl", ["version", "--client", "--output=json"]);
        Assert.SkipWhen(version is null, "kubectl is not on PATH");
        var client = JsonNode.Parse(version.StandardOutput)!["clientVersion"]!;
        var minor = int.Parse(client["minor"]!.GetValue<string>().TrimEnd('+'));
        Assert.SkipWhen(client["major"]!.GetValue<string>() == "1" && minor < 21,
            $"kubectl is {client["gitVersion"]}; its kustomize has no components before 1.21");
        var path = Path.Combine(ReferenceFolder.Repository, "deploy", "k8s", folder);
        var built = await Tool.RunAsync("kubectl", ["kustomize", path]);
        return [.. YamlReader.Read(built, "kubectl kustomize").Select(node => new KubernetesObject(node.AsObject()))];
    }
}
