using System.Net;
using System.Net.Sockets;
using DistSeq2Seq.Configuration;

namespace DistSeq2Seq.Coordinator;

/// <summary>Finds out about ports before anything is written.</summary>
public static class PortCheck
{
    /// <summary>Refuses ports that are in use, or twice the same.</summary>
    /// <exception cref="ConfigurationException">Names the key, the port and what to do.</exception>
    public static void RequireFree(IPAddress bind, PortsConfiguration ports)
    {
        var wanted = new[] { ("akka", ports.Akka), ("grpc", ports.Grpc), ("http", ports.Http) }.Where(p => p.Item2 > 0).ToArray();
        foreach (var (name, port) in wanted)
        {
            var other = wanted.FirstOrDefault(p => p.Item1 != name && p.Item2 == port).Item1;
            if (other is not null)
                throw new ConfigurationException($"cluster.ports.{name} and cluster.ports.{other} are both {port}; each needs a port of its own");
            try
            {
                Listen(bind, port);
            }
            catch (SocketException e)
            {
                throw new ConfigurationException($"cluster.ports.{name}: port {port} on {bind} cannot be used ({e.SocketErrorCode}); " +
                    $"stop the program that has it, or choose another: --set cluster.ports.{name}=0 takes any free one");
            }
        }
    }

    /// <summary>The port itself, or for 0 one that is free now.</summary>
    public static int Pick(IPAddress bind, int port) => port > 0 ? port : Listen(bind, 0);

    private static int Listen(IPAddress bind, int port)
    {
        using var listener = new TcpListener(bind, port);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
