using System.Net;
using System.Net.Sockets;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>Ports that nobody listens on now, for processes that must come back on the same ones.</summary>
internal static class FreePorts
{
    /// <summary>Takes some, all different.</summary>
    public static int[] Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
            listener.Start();
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        foreach (var listener in listeners)
            listener.Dispose();
        return ports;
    }
}
