using System.Globalization;
using System.Net;

namespace DistSeq2Seq.Cluster.Tests.Support;

/// <summary>
/// Several hosts on one machine: a network namespace each, joined by a bridge that has a namespace of its own, so that this
/// machine's interfaces, routes and addresses stay as they are.
/// </summary>
internal sealed class PrivateNetwork : IDisposable
{
    private const string Bridge = "bridge";
    private const int MaximumHosts = 250; // one /24
    private readonly List<NetworkHost> _hosts = [];
    private int _made;

    public PrivateNetwork()
    {
        Switch = NetworkNamespace.Create("switch");
        Switch.Ip("link", "add", Bridge, "type", "bridge");
        Switch.Ip("address", "add", "10.77.0.1/24", "dev", Bridge);
        Switch.Ip("link", "set", Bridge, "up");
    }

    /// <summary>The namespace of the bridge. It reaches every host, as a cluster's node reaches the pods on it.</summary>
    public NetworkNamespace Switch { get; }

    /// <summary>Adds a host with an address that no host had before.</summary>
    /// <param name="purpose">Ends the namespace's name, for people.</param>
    public NetworkHost Add(string purpose)
    {
        var number = ++_made;
        if (number > MaximumHosts)
            throw new InvalidOperationException($"a private network has room for {MaximumHosts} hosts");
        var own = NetworkNamespace.Create(purpose);
        try
        {
            // Named after its end on the bridge, where a test shapes or cuts the link.
            var port = string.Create(CultureInfo.InvariantCulture, $"port{number}");
            var address = string.Create(CultureInfo.InvariantCulture, $"10.77.0.{number + 1}");
            Switch.Ip("link", "add", port, "type", "veth", "peer", "name", NetworkHost.Interface, "netns", own.Name);
            Switch.Ip("link", "set", port, "master", Bridge, "up");
            own.Ip("address", "add", address + "/24", "dev", NetworkHost.Interface);
            own.Ip("link", "set", NetworkHost.Interface, "up");
            var host = new NetworkHost(own, IPAddress.Parse(address), port);
            _hosts.Add(host);
            return host;
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var host in _hosts)
            host.Namespace.Dispose();
        Switch.Dispose();
    }
}

/// <summary>A host of a <see cref="PrivateNetwork"/>.</summary>
/// <param name="Namespace">Where its processes run.</param>
/// <param name="Address">Its address, an IPv4 one.</param>
/// <param name="Port">The other end of its link, an interface in the bridge's namespace.</param>
internal sealed record NetworkHost(NetworkNamespace Namespace, IPAddress Address, string Port)
{
    /// <summary>Its end of the link.</summary>
    public const string Interface = "eth0";
}
