using System.Globalization;
using System.Text.Json.Nodes;
using DistSeq2Seq.Cli.Launch;
using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Cli.Tests.Kubernetes;

/// <summary>What no schema says: that the objects of a run name each other, their ports, volumes and pods rightly.</summary>
internal static class Consistency
{
    private const string Space = "some-namespace";

    /// <summary>Everything that does not fit, none for objects that work together.</summary>
    public static IReadOnlyList<string> Check(IReadOnlyList<KubernetesObject> objects)
    {
        var errors = new List<string>();
        var workloads = objects.Where(item => item.PodTemplate is not null).ToList();
        foreach (var item in objects)
        {
            if (item.Kind == "Service")
                CheckService(item, workloads, errors);
            if (item.Kind is "PodDisruptionBudget" && !workloads.Any(w => Selects(item.Json["spec"]!["selector"]!["matchLabels"], w)))
                errors.Add($"{item} selects no pods");
            if (item.Kind is "NetworkPolicy" && !workloads.All(w => Selects(item.Json["spec"]!["podSelector"]!["matchLabels"], w)))
                errors.Add($"{item} does not cover all pods");
        }
        foreach (var workload in workloads)
        {
            if (!Selects(workload.Json["spec"]!["selector"]!["matchLabels"], workload))
                errors.Add($"{workload} does not select its own pods");
            if (workloads.Any(other => other != workload && Selects(workload.Json["spec"]!["selector"]!["matchLabels"], other)))
                errors.Add($"{workload} selects another's pods");
            CheckReferences(workload, objects, errors);
            CheckProbes(workload, errors);
            CheckVolumes(workload, objects, errors);
            CheckProcess(workload, objects, errors);
        }
        return errors;
    }

    private static void CheckService(KubernetesObject service, List<KubernetesObject> workloads, List<string> errors)
    {
        var chosen = workloads.Where(item => Selects(service.Json["spec"]!["selector"], item)).ToList();
        if (chosen.Count != 1)
            errors.Add($"{service} selects the pods of {chosen.Count} workloads");
        foreach (var port in service.Json["spec"]!["ports"]!.AsArray())
            foreach (var workload in chosen)
                if (PortNumber(workload, port!["targetPort"]) != port["port"]!.GetValue<long>())
                    errors.Add($"{service}: port {port["name"]} is not the port of that name of {workload}");
    }

    private static void CheckReferences(
        KubernetesObject workload, IReadOnlyList<KubernetesObject> objects, List<string> errors)
    {
        var serviceName = workload.Json["spec"]!["serviceName"]!.GetValue<string>();
        var service = objects.SingleOrDefault(item => item.ToString() == $"Service/{serviceName}");
        if (service?.Json["spec"]!["clusterIP"]?.GetValue<string>() != "None")
            errors.Add($"{workload}: {serviceName} is no headless service");
        else if (service.Json["spec"]!["publishNotReadyAddresses"]?.GetValue<bool>() != true)
            errors.Add($"{service} hides pods that are not ready, and peers look for those");
        else if (!Selects(service.Json["spec"]!["selector"], workload))
            errors.Add($"{service} names the pods of {workload} and does not select them");
        var account = workload.PodTemplate!["spec"]!["serviceAccountName"]!.GetValue<string>();
        if (objects.All(item => item.ToString() != $"ServiceAccount/{account}"))
            errors.Add($"{workload}: there is no service account {account}");
    }

    private static void CheckProbes(KubernetesObject workload, List<string> errors)
    {
        var container = Container(workload);
        foreach (var name in new[] { "startupProbe", "livenessProbe", "readinessProbe" })
        {
            var port = container[name]?["httpGet"]?["port"] ?? container[name]?["grpc"]?["port"];
            if (PortNumber(workload, port) is null)
                errors.Add($"{workload}: {name} asks port {port?.ToJsonString() ?? "none"}, which the container does not open");
        }
    }

    private static void CheckVolumes(KubernetesObject workload, IReadOnlyList<KubernetesObject> objects, List<string> errors)
    {
        var volumes = workload.PodTemplate!["spec"]!["volumes"]!.AsArray();
        var claims = workload.Json["spec"]!["volumeClaimTemplates"] as JsonArray ?? [];
        var offered = volumes.Select(item => item!["name"]!.GetValue<string>())
            .Concat(claims.Select(item => item!["metadata"]!["name"]!.GetValue<string>())).ToList();
        var mounted = Container(workload)["volumeMounts"]!.AsArray().Select(item => item!["name"]!.GetValue<string>()).ToList();
        errors.AddRange(mounted.Except(offered).Select(name => $"{workload}: the mounted volume {name} is not declared"));
        errors.AddRange(offered.Except(mounted).Select(name => $"{workload}: the volume {name} is not mounted"));
        foreach (var map in volumes.Select(item => item!["configMap"]?["name"]?.GetValue<string>()).OfType<string>())
            if (objects.All(item => item.ToString() != $"ConfigMap/{map}"))
                errors.Add($"{workload}: there is no ConfigMap {map}");
    }

    private static void CheckProcess(KubernetesObject workload, IReadOnlyList<KubernetesObject> objects, List<string> errors)
    {
        var process = PodProcess.Of(objects, workload.Component!, 0, Space, "10.1.2.3");
        if (process.Arguments.Any(argument => argument.Contains("$(", StringComparison.Ordinal)))
            errors.Add($"{workload}: a variable is not defined in: {string.Join(' ', process.Arguments)}");
        var pods = Pods(objects);
        if (!pods.Contains($"{process.Option("--host")}:4053"))
            errors.Add($"{workload}: --host {process.Option("--host")} is no name of a pod");
        if (!pods.Contains(process.Option("--seed")))
            errors.Add($"{workload}: --seed {process.Option("--seed")} is no pod's name with its akka port");
        var isCoordinator = process.Arguments[0] == "coordinator";
        foreach (var name in isCoordinator ? new[] { "akka", "grpc", "http" } : ["akka", "grpc"])
            if (process.Option($"--{name}-port") is var port && port != $"{PortNumber(workload, name)}")
                errors.Add($"{workload}: --{name}-port {port} is not the container's port {name}");
        if (isCoordinator)
            CheckCoordinator(workload, process, objects, errors);
        else
            CheckWorker(workload, process, Run(objects), errors);
    }

    private static void CheckCoordinator(
        KubernetesObject workload, PodProcess process, IReadOnlyList<KubernetesObject> objects, List<string> errors)
    {
        var path = process.Arguments[1];
        var volume = VolumeAt(workload, path);
        var map = objects.SingleOrDefault(item => item.Kind == "ConfigMap"
            && item.Name == volume?["configMap"]?["name"]?.GetValue<string>());
        if (map?.Json["data"]?[Path.GetFileName(path)] is null)
            errors.Add($"{workload}: no ConfigMap puts a file at {path}");
        if (VolumeAt(workload, process.Option("--run"))?["metadata"]?["name"]?.GetValue<string>() is null)
            errors.Add($"{workload}: --run {process.Option("--run")} is on no claimed volume");
    }

    // The configuration as the coordinator reads it; null where that is already an error.
    private static RunConfiguration? Run(IReadOnlyList<KubernetesObject> objects)
    {
        var arguments = PodProcess.Of(objects, "coordinator", 0, Space, "10.1.2.3").Arguments;
        var settings = arguments.Zip(arguments.Skip(1)).Where(pair => pair.First == "--set").Select(pair => pair.Second);
        var text = objects.Single(item => item.Kind == "ConfigMap").Json["data"]!["config.yaml"]?.GetValue<string>();
        return text is null ? null : ConfigurationReader.Parse(text, "config.yaml", settings);
    }

    private static void CheckWorker(KubernetesObject workload, PodProcess process, RunConfiguration? run, List<string> errors)
    {
        if (VolumeAt(workload, process.Option("--data"))?["emptyDir"] is null)
            errors.Add($"{workload}: --data {process.Option("--data")} is on no volume of its own");
        var limits = Container(workload)["resources"]!["limits"]!;
        if ((limits["nvidia.com/gpu"] is not null) != (process.Option("--device") != "cpu"))
            errors.Add($"{workload}: --device {process.Option("--device")} does not match the limits {limits.ToJsonString()}");
        if (run is null)
            return;
        var threads = run.Cluster.ThreadsPerWorker;
        foreach (var name in new[] { "OMP_NUM_THREADS", "MKL_NUM_THREADS" })
            if (process.Environment.GetValueOrDefault(name) is var value && value != $"{threads}")
                errors.Add($"{workload}: {name} is {value}, and the configuration has {threads} threads");
        if (int.Parse(limits["cpu"]!.GetValue<string>(), CultureInfo.InvariantCulture) < threads)
            errors.Add($"{workload}: the limit of {limits["cpu"]} CPUs is less than {threads} threads");
        var replicas = workload.Json["spec"]!["replicas"]!.GetValue<long>();
        if (replicas < run.Cluster.Workers.Min || replicas > run.Cluster.Workers.Max)
            errors.Add($"{workload}: {replicas} replicas, and the configuration wants {run.Cluster.Workers.Min} "
                + $"to {run.Cluster.Workers.Max}");
    }

    // Every pod as DNS names it, with its akka port.
    private static HashSet<string> Pods(IReadOnlyList<KubernetesObject> objects) => [..
        from item in objects
        where item.PodTemplate is not null
        from ordinal in Enumerable.Range(0, (int)item.Json["spec"]!["replicas"]!.GetValue<long>())
        select string.Create(CultureInfo.InvariantCulture,
            $"{item.Name}-{ordinal}.{item.Json["spec"]!["serviceName"]}.{Space}.svc:{PortNumber(item, "akka")}")];

    // The volume or claim template that holds a path, by the longest mount above it.
    private static JsonNode? VolumeAt(KubernetesObject workload, string path)
    {
        var mount = Container(workload)["volumeMounts"]!.AsArray()
            .Where(item => $"{path}/".StartsWith($"{item!["mountPath"]}/", StringComparison.Ordinal))
            .MaxBy(item => item!["mountPath"]!.GetValue<string>().Length);
        var name = mount?["name"]?.GetValue<string>();
        return workload.PodTemplate!["spec"]!["volumes"]!.AsArray().SingleOrDefault(item => item!["name"]!.GetValue<string>() == name)
            ?? (workload.Json["spec"]!["volumeClaimTemplates"] as JsonArray ?? [])
                .SingleOrDefault(item => item!["metadata"]!["name"]!.GetValue<string>() == name);
    }

    private static long? PortNumber(KubernetesObject workload, JsonNode? port) => Container(workload)["ports"]!.AsArray()
        .SingleOrDefault(item => JsonNode.DeepEquals(item!["name"], port) || JsonNode.DeepEquals(item["containerPort"], port))
        ?["containerPort"]!.GetValue<long>();

    private static JsonNode Container(KubernetesObject workload) =>
        workload.PodTemplate!["spec"]!["containers"]!.AsArray().Single()!;

    private static bool Selects(JsonNode? labels, KubernetesObject workload) =>
        labels is JsonObject { Count: > 0 } wanted && wanted.All(pair =>
            JsonNode.DeepEquals(pair.Value, workload.PodTemplate!["metadata"]!["labels"]![pair.Key]));
}
