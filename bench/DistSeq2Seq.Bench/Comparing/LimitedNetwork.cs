using DistSeq2Seq.Cluster.Tests.Support;
using DistSeq2Seq.Tests.Support;

namespace DistSeq2Seq.Bench.Comparing;

/// <summary>
/// Hosts joined by links of 1 Gbit/s in each direction: network namespaces on one bridge, both ends of every link shaped by a
/// token bucket (tc tbf). They share this machine's processors, so only the network is another machine's.
/// </summary>
internal sealed class LimitedNetwork : IDisposable
{
    /// <summary>Bits a second of each link, each way.</summary>
    private const string Rate = "1gbit";

    /// <summary>Four of the largest segments that a virtual link carries at once; too little would slow the link below its rate.</summary>
    private const string Burst = "256kb";

    /// <summary>Longest wait in the bucket's queue: about what a switch buffers.</summary>
    private const string Latency = "20ms";

    private readonly PrivateNetwork _network = new();
    private readonly NetworkHost[] _hosts;

    /// <summary>Makes the hosts.</summary>
    public LimitedNetwork(int hosts)
    {
        try
        {
            _hosts = [.. Enumerable.Range(0, hosts).Select(rank => _network.Add($"bench{rank}"))];
            foreach (var host in _hosts)
            {
                Shape(host.Namespace, NetworkHost.Interface);
                Shape(_network.Switch, host.Port);
            }
        }
        catch
        {
            _network.Dispose();
            throw;
        }
    }

    /// <summary>Why there is none on this machine; null where there is.</summary>
    public static string? WhyNot() =>
        NetworkNamespace.WhyNot() ?? (Tool.Exists("tc") ? null : "the program tc is not on PATH (Debian's package iproute2)");

    /// <summary>What goes before a command so that it runs on a host.</summary>
    public string[] Prefix(int rank) => ["ip", "netns", "exec", _hosts[rank].Namespace.Name];

    /// <summary>The address of a host.</summary>
    public string Address(int rank) => _hosts[rank].Address.ToString();

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private static void Shape(NetworkNamespace host, string link) =>
        host.Run("tc", "qdisc", "add", "dev", link, "root", "tbf", "rate", Rate, "burst", Burst, "latency", Latency);
}
