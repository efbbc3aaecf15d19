using System.Net;

namespace DistSeq2Seq.Hosting.Servers;

/// <summary>Where a process listens, when the user does not say.</summary>
public static class HostBinding
{
    /// <summary>Loopback for a process known as loopback; every interface for one that others reach by name.</summary>
    public static string For(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)) ? "127.0.0.1" : "0.0.0.0";
}
