using System.Net;
using System.Net.Sockets;

namespace DistSeq2Seq.Bench.Comparing;

/// <summary>A port of this machine that nobody listens on, for a peer that cannot take 0.</summary>
internal static class FreePort
{
    /// <summary>Finds one.</summary>
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
