using System.Globalization;
using System.Text;
using DistSeq2Seq.Cli.Launch;

namespace DistSeq2Seq.Cluster.Tests.Support.Pods;

/// <summary>
/// What Kubernetes does with the rendered objects of one run, as far as processes notice: every pod a host with its own
/// address, file system, process numbers and name in DNS, and the volumes that the manifests mount. Gone when disposed.
/// </summary>
internal sealed class PodCluster : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distseq2seq-pods-");
    private readonly PrivateNetwork _network = new();
    private readonly Dictionary<string, Pod> _pods = [];
    private readonly IReadOnlyList<KubernetesObject> _objects;
    private readonly PodVolumes _volumes;
    private readonly RunStory _story = new();

    /// <param name="objects">Rendered objects.</param>
    /// <param name="claims">Folders of the existing claims that the objects name.</param>
    public PodCluster(IReadOnlyList<KubernetesObject> objects, IReadOnlyDictionary<string, string>? claims = null)
    {
        _objects = objects;
        _volumes = new PodVolumes(objects, System.IO.Path.Combine(_folder.FullName, "volumes"), claims ?? new Dictionary<string, string>());
        Resolve();
    }

    /// <summary>The Kubernetes namespace of the pods.</summary>
    public string Space { get; } = "some-team";

    /// <summary>The network of the pods.</summary>
    public PrivateNetwork Network => _network;

    /// <summary>What the pods mount.</summary>
    public PodVolumes Volumes => _volumes;

    /// <summary>The file of names: this cluster's DNS, of the pods that are running.</summary>
    private string HostsPath => System.IO.Path.Combine(_folder.FullName, "hosts");

    /// <summary>
    /// Starts a pod of a StatefulSet. One that was there before gets a new address and new emptyDir volumes, and finds the
    /// claimed ones as they were.
    /// </summary>
    /// <param name="component"><c>coordinator</c> or <c>worker</c>.</param>
    /// <param name="ordinal">The pod's number, from 0.</param>
    public Pod Start(string component, int ordinal = 0)
    {
        var workload = _objects.Single(item => item.PodTemplate is not null && item.Component == component);
        var name = string.Create(CultureInfo.InvariantCulture, $"{workload.Name}-{ordinal}");
        if (_pods.TryGetValue(name, out var old) && !old.HasExited)
            throw new InvalidOperationException($"pod {name} is running");
        var host = _network.Add(name);
        var pod = new Pod(this, _objects, workload, ordinal, host,
            _folder.CreateSubdirectory(System.IO.Path.Combine("pods", host.Namespace.Name)).FullName);
        _pods[name] = pod;
        _story.Follow($"pod {name} at {host.Address}", pod, isCoordinator: component == "coordinator");
        Resolve();
        pod.Start(HostsPath, _volumes.MountsOf(workload, ordinal));
        return pod;
    }

    /// <summary>What was done to the pods and what they wrote last, for messages of failed tests.</summary>
    public string Logs() => _story.Tell();

    /// <summary>Waits for a pod's end and fails the test, with all that may explain it, unless it has this exit code.</summary>
    public Task AssertEndedAsync(Pod pod, int expected) => _story.AssertEndedAsync(pod, expected);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pod in _pods.Values)
            pod.Dispose();
        _network.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>Tells all pods the names of those that run; a name that does not is unknown, as in DNS.</summary>
    private void Resolve()
    {
        var text = new StringBuilder("127.0.0.1\tlocalhost\n");
        foreach (var pod in _pods.Values.Where(pod => !pod.HasExited))
            text.Append(CultureInfo.InvariantCulture, $"{pod.Host.Address}\t{pod.DnsName} {pod.DnsName}.cluster.local\n");
        // In place: the pods have this very file mounted.
        using var file = new FileStream(HostsPath, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        file.Write(Encoding.UTF8.GetBytes(text.ToString()));
        file.SetLength(file.Position);
    }
}
