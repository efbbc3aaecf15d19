using System.Globalization;
using System.Net;
using DistSeq2Seq.Cluster.Tests.Support;

namespace DistSeq2Seq.Cluster.Tests.Chaos;

/// <summary>A network namespace for the coordinator and for every worker, joined by a bridge: links can be cut and shaped.</summary>
internal sealed class SeparateMachines : RunHosts
{
    private const int AkkaPort = 4053;
    private const int HttpPort = 8080;
    private readonly PrivateNetwork _network;

    private SeparateMachines(PrivateNetwork network, NetworkHost coordinator)
    {
        _network = network;
        Coordinator = HostOf(coordinator, ["--akka-port", $"{AkkaPort}", "--grpc-port", "5051", "--http-port", $"{HttpPort}"]);
    }

    public override RunHost Coordinator { get; }

    /// <summary>Environment of workers to come.</summary>
    public IReadOnlyDictionary<string, string> WorkerEnvironment { get; set; } = ProgramPlace.Here.Environment;

    /// <summary>The workers' machines, in the order of their starts.</summary>
    public List<NetworkHost> Workers { get; } = [];

    public static SeparateMachines New()
    {
        var network = new PrivateNetwork();
        try
        {
            var coordinator = network.Add("coordinator");
            return new SeparateMachines(network, coordinator)
            {
                Seed = $"{coordinator.Address}:{AkkaPort}",
                Http = $"http://{coordinator.Address}:{HttpPort}",
            };
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    public override RunHost NextWorker()
    {
        var host = _network.Add(string.Create(CultureInfo.InvariantCulture, $"worker{Workers.Count}"));
        Workers.Add(host);
        var place = HostOf(host, []);
        return place with { Place = place.Place with { Environment = WorkerEnvironment } };
    }

    public override HttpClient NewHttpClient() => new(_network.Switch.NewHttpHandler());

    /// <summary>Takes the link of a worker's machine down: nothing gets in or out, and no connection ends.</summary>
    public void Cut(int worker)
    {
        _network.Switch.Ip("link", "set", Workers[worker].Port, "down");
        Say($"the link of worker {worker} is cut");
    }

    /// <summary>Brings the link up again.</summary>
    public void Mend(int worker)
    {
        _network.Switch.Ip("link", "set", Workers[worker].Port, "up");
        Say($"the link of worker {worker} is up again");
    }

    /// <summary>Lets this many kilobits a second through, in either direction, by a token bucket.</summary>
    public void Slow(int worker, int kilobits)
    {
        string[] bucket = ["root", "tbf", "rate", string.Create(CultureInfo.InvariantCulture, $"{kilobits}kbit"), "burst", "4kb",
            "latency", "200ms"];
        _network.Switch.Run("tc", ["qdisc", "replace", "dev", Workers[worker].Port, .. bucket]);
        Workers[worker].Namespace.Run("tc", ["qdisc", "replace", "dev", NetworkHost.Interface, .. bucket]);
        Say($"the link of worker {worker} takes {kilobits} kbit/s");
    }

    public override void Dispose() => _network.Dispose();

    private static RunHost HostOf(NetworkHost host, string[] arguments) => new(
        new ProgramPlace { Through = ["nsenter", $"--net={host.Namespace.Path}", "--"] },
        ["--host", $"{host.Address}", "--bind", $"{IPAddress.Any}", .. arguments]);
}
