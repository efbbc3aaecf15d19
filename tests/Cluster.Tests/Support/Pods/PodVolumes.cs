using System.Globalization;
using System.Text.Json.Nodes;
using DistSeq2Seq.Cli.Launch;
using DistSeq2Seq.Tests.Support;

namespace DistSeq2Seq.Cluster.Tests.Support.Pods;

/// <summary>Folders of this machine in the place of the volumes that pods mount.</summary>
internal sealed class PodVolumes(IReadOnlyList<KubernetesObject> objects, string folder, IReadOnlyDictionary<string, string> claims)
{
    private int _temporary;

    /// <summary>The volume that a StatefulSet claims for one of its pods; it outlives the pod.</summary>
    public string Claimed(KubernetesObject workload, string volume, int ordinal) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{volume}-{workload.Name}-{ordinal}"));

    /// <summary>The mounts of one start of a pod; new folders for its emptyDir volumes.</summary>
    public IReadOnlyList<PodMount> MountsOf(KubernetesObject workload, int ordinal)
    {
        var specification = workload.PodTemplate!["spec"]!;
        var owner = specification["securityContext"]!["fsGroup"]!.ToString();
        var mounts = new List<PodMount>();
        foreach (var mount in specification["containers"]![0]!["volumeMounts"]!.AsArray())
        {
            var name = mount!["name"]!.GetValue<string>();
            var volume = (specification["volumes"] as JsonArray ?? []).SingleOrDefault(item => item!["name"]!.GetValue<string>() == name);
            var source = volume is null ? Claim(workload, name, ordinal, owner) : Source(volume, owner);
            mounts.Add(new PodMount(source, mount["mountPath"]!.GetValue<string>(), mount["readOnly"]?.GetValue<bool>() == true));
        }
        return mounts;
    }

    private string Source(JsonNode volume, string owner) => volume switch
    {
        _ when volume["configMap"] is { } map => ConfigMap(map["name"]!.GetValue<string>()),
        _ when volume["persistentVolumeClaim"] is { } claim => Readable(claims[claim["claimName"]!.GetValue<string>()]),
        _ when volume["emptyDir"] is not null => Writable(
            Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"empty-{++_temporary}")), owner),
        _ => throw new InvalidOperationException($"a kind of volume that these tests do not know: {volume.ToJsonString()}"),
    };

    private string Claim(KubernetesObject workload, string name, int ordinal, string owner)
    {
        if (!workload.Json["spec"]!["volumeClaimTemplates"]!.AsArray().Any(item => item!["metadata"]!["name"]!.GetValue<string>() == name))
            throw new InvalidOperationException($"{workload}: no volume {name}");
        return Writable(Claimed(workload, name, ordinal), owner);
    }

    private string ConfigMap(string name)
    {
        var path = Path.Combine(folder, $"config-{name}");
        Directory.CreateDirectory(path);
        foreach (var (file, text) in objects.Single(item => item.Kind == "ConfigMap" && item.Name == name).Json["data"]!.AsObject())
            File.WriteAllText(Path.Combine(path, file), text!.GetValue<string>());
        return path;
    }

    private static string Readable(string path)
    {
        Tool.Run("chmod", "-R", "a+rX", path);
        return path;
    }

    // What fsGroup does: the pod's group may write.
    private static string Writable(string path, string owner)
    {
        Directory.CreateDirectory(path);
        Tool.Run("chown", $"{owner}:{owner}", path);
        return path;
    }
}

/// <summary>A folder or file of this machine as a pod sees it.</summary>
/// <param name="Source">Where it is.</param>
/// <param name="Target">Where the pod sees it.</param>
/// <param name="ReadOnly">Whether the pod may not write.</param>
internal sealed record PodMount(string Source, string Target, bool ReadOnly);
