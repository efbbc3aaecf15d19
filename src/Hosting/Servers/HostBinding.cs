using System.Net;

namespace DistSeq2Seq.Hosting.Servers;

/// <summary>Default of the address that a process listens on.</summary>
public static class HostBinding
{
    /// <summary>Loopback if <paramref name="host"/> is loopback; otherwise all interfaces.</summary>
    public static string For(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)) ? "127.0.0.1" : "0.0.0.0";
}
