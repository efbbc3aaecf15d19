using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Coordinator.Hosting;

/// <summary>Checks and picks ports before anything is written.</summary>
public static class PortCheck
{
    private const int LowestPicked = 10_000; // below it, well-known services have theirs
    private const int HighestPort = 65_535;
    private const int Attempts = 1000;

    /// <summary>Refuses ports that are in use, or twice the same.</summary>
    /// <exception cref="ConfigurationException">Names the key, the port and what to do.</exception>
    public static void RequireFree(IPAddress bind, PortsConfiguration ports)
    {
        var wanted = new[] { ("akka", ports.Akka), ("grpc", ports.Grpc), ("http", ports.Http) }.Where(p => p.Item2 > 0).ToArray();
        foreach (var (name, port) in wanted)
        {
            var other = wanted.FirstOrDefault(p => p.Item1 != name && p.Item2 == port).Item1;
            if (other is not null)
                throw new ConfigurationException($"cluster.ports.{name} and cluster.ports.{other} are both {port}; each needs a port "
                    + "of its own");
            try
            {
                Listen(bind, port);
            }
            catch (SocketException e)
            {
                throw new ConfigurationException($"cluster.ports.{name}: port {port} on {bind} cannot be used ({e.SocketErrorCode}); "
                    + $"stop the program that has it, or choose another: --set cluster.ports.{name}=0 takes any free one");
            }
        }
    }

    /// <summary>
    /// The port itself, or for 0 a free one. The free one stays free until the server starts, and while a coordinator that died is started
    /// again, because it lies outside the kernel's range: the kernel gives ports of that range to outgoing connections at any moment.
    /// </summary>
    public static int Pick(IPAddress bind, int port)
    {
        if (port > 0)
            return port;
        var (low, high) = KernelsRange();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var candidate = Random.Shared.Next(LowestPicked, HighestPort + 1);
            if (candidate >= low && candidate <= high)
                continue;
            try
            {
                return Listen(bind, candidate);
            }
            catch (SocketException)
            {
                // Another program has it.
            }
        }

        return Listen(bind, 0);
    }

    /// <summary>The ports that the kernel gives to outgoing connections (<c>ip_local_port_range</c>, both ends included).</summary>
    private static (int Low, int High) KernelsRange()
    {
        try
        {
            var ends = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range")
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return (int.Parse(ends[0], CultureInfo.InvariantCulture), int.Parse(ends[1], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return (32768, 60999); // Linux's default
        }
    }

    private static int Listen(IPAddress bind, int port)
    {
        using var listener = new TcpListener(bind, port);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
