using System.Net;
using System.Net.Sockets;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>
/// Ports for processes that must come back on the same ones. While nobody listens on them, nobody else may get them: they are below
/// those that the kernel gives to whoever asks for any, and none is given out twice.
/// </summary>
internal static class FreePorts
{
    private const int First = 12_000;
    private const int End = 32_000; // Linux's own choices begin at 32768
    private static int _next = First + Random.Shared.Next(End - First);

    /// <summary>Takes some, all different.</summary>
    public static int[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Take())];

    private static int Take()
    {
        while (true)
        {
            var port = First + (int)((uint)(Interlocked.Increment(ref _next) - First) % (End - First));
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
