using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Cli.Launch;

/// <summary>
/// Renders the objects of one run: the base of deploy/k8s with its components, then the run's own values. Commands, ports,
/// probes and environment come from there alone, so <c>launch</c> and <c>kubectl apply -k</c> start the same processes.
/// </summary>
public static partial class LaunchRenderer
{
    // A reader may apply the documents one by one, so what others refer to comes first.
    private static readonly string[] Order =
        ["ServiceAccount", "ConfigMap", "Service", "NetworkPolicy", "PodDisruptionBudget", "StatefulSet"];

    /// <summary>The objects in the order in which to create them. Pure: the same options give the same objects.</summary>
    /// <exception cref="LaunchException">An option is out of its range, or the configuration does not fit pods.</exception>
    /// <exception cref="ConfigurationException">The configuration, with the overrides, is wrong by itself.</exception>
    public static IReadOnlyList<KubernetesObject> Render(LaunchOptions options)
    {
        options.Validate();
        var run = LaunchedRun.Of(options);
        var files = new Kustomization(DeploymentFiles.Read);
        var objects = files.Build("base").ToList();
        files.Apply("components/monitoring", objects);
        if (options.Gpus > 0)
            files.Apply("components/gpu", objects);
        if (options.DataClaim is not null)
            files.Apply("components/shared-volume", objects);

        // Names first: what the user chose (an image, a claim) may look like a name of the base and must stay.
        objects = [.. objects.Select(item => Own(item, options))];
        SetConfiguration(objects.Single(item => item.Kind == "ConfigMap"), options);
        foreach (var workload in objects.Where(item => item.PodTemplate is not null))
        {
            workload.Container()["image"] = options.Image;
            workload.PodTemplate!["spec"]!["terminationGracePeriodSeconds"] = (long)run.GraceSeconds;
        }
        SetCoordinator(Workload(objects, "coordinator"), options, run);
        SetWorkers(Workload(objects, "worker"), options, run);
        return [.. objects.OrderBy(item => Array.IndexOf(Order, item.Kind))];
    }

    private static KubernetesObject Workload(IEnumerable<KubernetesObject> objects, string component) =>
        objects.Single(item => item.PodTemplate is not null && item.Component == component);

    private static void SetConfiguration(KubernetesObject map, LaunchOptions options) =>
        map.Json["data"]!["config.yaml"] = options.Configuration;

    private static void SetCoordinator(KubernetesObject coordinator, LaunchOptions options, LaunchedRun run)
    {
        var arguments = coordinator.Container()["args"]!.AsArray();
        foreach (var setting in run.Settings)
        {
            arguments.Add("--set");
            arguments.Add(setting.Replace("$", "$$", StringComparison.Ordinal));
        }
        coordinator.SetEnvironment("RUN_NAME", options.Name);
        var claim = coordinator.Json["spec"]!["volumeClaimTemplates"]!.AsArray().Single()!;
        claim["spec"]!["resources"]!["requests"]!["storage"] = options.Storage;
        foreach (var volume in coordinator.PodTemplate!["spec"]!["volumes"]!.AsArray())
            if (volume!["persistentVolumeClaim"] is JsonObject corpora)
                corpora["claimName"] = options.DataClaim;
    }

    private static void SetWorkers(KubernetesObject worker, LaunchOptions options, LaunchedRun run)
    {
        worker.Json["spec"]!["replicas"] = (long)options.Workers;
        var threads = run.Threads.ToString(CultureInfo.InvariantCulture);
        var cpus = run.Cpus.ToString(CultureInfo.InvariantCulture);
        foreach (var bound in new[] { "requests", "limits" })
        {
            var resources = worker.Container()["resources"]![bound]!;
            resources["cpu"] = cpus;
            resources["memory"] = options.Memory;
        }
        worker.SetEnvironment("OMP_NUM_THREADS", threads);
        worker.SetEnvironment("MKL_NUM_THREADS", threads);
    }

    // Gives the object the run's names and labels, and the namespace where one is asked for.
    private static KubernetesObject Own(KubernetesObject item, LaunchOptions options)
    {
        var renamed = (JsonObject)Rename(item.Json, null, options.Name)!;
        var metadata = renamed["metadata"]!.AsObject();
        metadata["labels"]![Labels.ManagedBy] = "distseq2seq-launch";
        if (options.Namespace is not null)
            metadata["namespace"] = options.Namespace;
        return new KubernetesObject(renamed);
    }

    private static JsonNode? Rename(JsonNode? node, string? key, string name) => node switch
    {
        JsonObject mapping => new JsonObject(mapping.Select(pair =>
            KeyValuePair.Create(pair.Key, Rename(pair.Value, pair.Key, name)))),
        JsonArray sequence => new JsonArray([.. sequence.Select(item => Rename(item, null, name))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(
            key == Labels.Instance ? name : BaseName().Replace(value.GetValue<string>(), name + "-")),
        _ => node?.DeepClone(),
    };

    // Names in the base start so; the program itself (an image, /etc/distseq2seq) has no hyphen after it.
    [GeneratedRegex(@"(?<![a-z0-9/-])distseq2seq-(?=coordinator|worker|config|pods|http|peers)")]
    private static partial Regex BaseName();
}
