using System.Net;
using DistSeq2Seq.Cluster.Tests.Support;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>
/// Everybody listens on this machine's 127.0.0.1, but is known by an address of its own (127.0.1.x), at which a relay of the test
/// listens: whatever anybody sends to anybody passes one of the relays.
/// </summary>
internal sealed class DisturbedMachines : RunHosts
{
    private readonly List<DisturbedLink> _links = [];
    private int _hosts;

    private DisturbedMachines(LinkWeather weather, int[] ports)
    {
        Weather = weather;
        Coordinator = Behind(ports[0], ports[1], ["--http-port", $"{ports[2]}"]);
    }

    public override RunHost Coordinator { get; }

    /// <summary>What all links do.</summary>
    public LinkWeather Weather { get; }

    public override string? FromTheStart =>
        $"whatever is sent arrives {Weather.Delay.TotalMilliseconds} to {(Weather.Delay + Weather.Jitter).TotalMilliseconds} ms later";

    public static DisturbedMachines New(LinkWeather weather)
    {
        var ports = FreePorts.Take(3);
        return new DisturbedMachines(weather, ports)
        {
            Seed = $"127.0.1.1:{ports[0]}",
            Http = $"http://127.0.0.1:{ports[2]}",
            FaultSeed = weather.Seed,
        };
    }

    public override RunHost NextWorker()
    {
        var ports = FreePorts.Take(2);
        return Behind(ports[0], ports[1], []);
    }

    /// <summary>Resets every connection between the processes.</summary>
    /// <returns>How many there were.</returns>
    public int BreakAll()
    {
        var broken = _links.Sum(link => link.Break());
        Say($"{broken} connections are reset");
        return broken;
    }

    public override void Dispose()
    {
        foreach (var link in _links)
            link.Dispose();
    }

    private RunHost Behind(int akka, int grpc, string[] further)
    {
        var address = IPAddress.Parse($"127.0.1.{++_hosts}");
        foreach (var port in (int[])[akka, grpc])
            _links.Add(new DisturbedLink(new IPEndPoint(address, port), new IPEndPoint(IPAddress.Loopback, port), Weather));
        return new RunHost(ProgramPlace.Here, ["--host", $"{address}", "--bind", "127.0.0.1", "--akka-port", $"{akka}", "--grpc-port",
            $"{grpc}", .. further]);
    }
}
