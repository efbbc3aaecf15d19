using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DistSeq2Seq.Configuration;
using DistSeq2Seq.Coordinator.Hosting;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests;

public class PortCheckTests
{
    [Fact]
    public void RequireFree_PortInUse_NamesKeyPortAndRemedy()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var error = Assert.Throws<ConfigurationException>(
            () => PortCheck.RequireFree(IPAddress.Loopback, new PortsConfiguration { Akka = 0, Grpc = port, Http = 0 }));
        Assert.Contains($"cluster.ports.grpc: port {port} on 127.0.0.1 cannot be used (AddressAlreadyInUse)", error.Message,
            StringComparison.Ordinal);
        Assert.Contains("--set cluster.ports.grpc=0", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void RequireFree_TheSamePortTwice_NamesBothKeys()
    {
        var error = Assert.Throws<ConfigurationException>(
            () => PortCheck.RequireFree(IPAddress.Loopback, new PortsConfiguration { Akka = 45678, Grpc = 0, Http = 45678 }));
        Assert.Contains("cluster.ports.akka and cluster.ports.http are both 45678", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RequireFree_AllZero_NeedsNoPort() =>
        PortCheck.RequireFree(IPAddress.Loopback, new PortsConfiguration { Akka = 0, Grpc = 0, Http = 0 });

    [Fact]
    public void Pick_Zero_GivesAPortThatCanBeListenedOn()
    {
        var port = PortCheck.Pick(IPAddress.Loopback, 0);
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        Assert.Equal(4711, PortCheck.Pick(IPAddress.Loopback, 4711));
    }

    [Fact]
    public void Pick_Zero_GivesNoPortThatAnOutgoingConnectionMayTake()
    {
        var ends = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t', StringSplitOptions.TrimEntries);
        for (var i = 0; i < 50; i++)
        {
            var port = PortCheck.Pick(IPAddress.Loopback, 0);
            Assert.False(port >= int.Parse(ends[0], CultureInfo.InvariantCulture)
                && port <= int.Parse(ends[1], CultureInfo.InvariantCulture), $"{port} is within {ends[0]} to {ends[1]}");
            Assert.InRange(port, 10_000, 65_535);
        }
    }
}
