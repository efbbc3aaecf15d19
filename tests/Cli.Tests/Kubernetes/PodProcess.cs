using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DistSeq2Seq.Cli.Launch;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>
/// The process that a pod of a rendered workload runs: its arguments and environment as the kubelet hands them over, so
/// that a test can start the very same command.
/// </summary>
/// <param name="Command">The program, empty where the image's entry point decides.</param>
/// <param name="Arguments">The arguments, <c>$(NAME)</c> expanded.</param>
/// <param name="Environment">The variables of the container, in their order.</param>
public sealed partial record PodProcess(
    IReadOnlyList<string> Command, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The process of one pod of a StatefulSet.</summary>
    /// <param name="objects">Rendered objects.</param>
    /// <param name="component"><c>coordinator</c> or <c>worker</c>.</param>
    /// <param name="ordinal">The pod's number, from 0.</param>
    /// <param name="space">The namespace that the pod runs in.</param>
    /// <param name="ip">The pod's address.</param>
    public static PodProcess Of(
        IEnumerable<KubernetesObject> objects, string component, int ordinal, string space, string ip)
    {
        var workload = objects.Single(item => item.PodTemplate is not null && item.Component == component);
        var container = workload.PodTemplate!["spec"]!["containers"]!.AsArray().Single()!;
        var fields = new Dictionary<string, string>
        {
            ["metadata.name"] = $"{workload.Name}-{ordinal}",
            ["metadata.namespace"] = space,
            ["status.podIP"] = ip,
        };
        var environment = new Dictionary<string, string>();
        foreach (var variable in container["env"] as JsonArray ?? [])
            // A value may use the variables before it.
            environment[variable!["name"]!.GetValue<string>()] = variable["valueFrom"] is JsonObject from
                ? fields[from["fieldRef"]!["fieldPath"]!.GetValue<string>()]
                : Expand(variable["value"]?.GetValue<string>() ?? "", environment);
        return new PodProcess(Texts(container["command"], environment), Texts(container["args"], environment), environment);
    }

    /// <summary>The value that follows an option's last occurrence.</summary>
    public string Option(string name)
    {
        var at = Arguments.ToList().LastIndexOf(name);
        return at >= 0 && at + 1 < Arguments.Count
            ? Arguments[at + 1]
            : throw new InvalidOperationException($"{name} has no value in: {string.Join(' ', Arguments)}");
    }

    private static string[] Texts(JsonNode? list, Dictionary<string, string> environment) =>
        [.. (list as JsonArray ?? []).Select(item => Expand(item!.GetValue<string>(), environment))];

    // As the kubelet does: $$ stands for $, and an unknown name stays as it is (k8s.io/kubernetes, third_party/forked/golang/expansion).
    private static string Expand(string text, Dictionary<string, string> environment) =>
        Reference().Replace(text, match =>
            match.Value == "$$" ? "$" : environment.GetValueOrDefault(match.Groups[1].Value, match.Value));

    [GeneratedRegex(@"\$\$|\$\(([^)]*)\)")]
    private static partial Regex Reference();
}
