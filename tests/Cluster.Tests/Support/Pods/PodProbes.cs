using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace DistSeq2Seq.Cluster.Tests.Support.Pods;

/// <summary>Asks a pod what its manifest's probes ask, from the node, as the kubelet does.</summary>
/// <param name="pod">The pod.</param>
/// <param name="node">Where the questions come from.</param>
internal sealed class PodProbes(Pod pod, NetworkNamespace node)
{
    private readonly JsonNode _container = pod.Workload.PodTemplate!["spec"]!["containers"]![0]!;

    /// <summary>Names of the manifest's probes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["startupProbe", "livenessProbe", "readinessProbe"];

    /// <summary>Asks once.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>Null where the answer is good, else what is wrong.</returns>
    public Task<string?> AskAsync(string name)
    {
        var probe = _container[name] ?? throw new InvalidOperationException($"{pod.Name} has no {name}");
        var limit = TimeSpan.FromSeconds(probe["timeoutSeconds"]!.GetValue<long>());
        return probe["httpGet"] is { } http
            ? GetAsync(Port(http["port"]!), http["path"]!.GetValue<string>(), limit)
            : CheckAsync(Port(probe["grpc"]!["port"]!), probe["grpc"]!["service"]?.GetValue<string>() ?? "", limit);
    }

    /// <summary>Asks until the answer is good.</summary>
    public async Task UntilGoodAsync(string name, Func<string> whatIsSeen)
    {
        var answer = "";
        var end = DateTime.UtcNow + Patience.Long;
        while (await AskAsync(name) is { } wrong)
        {
            answer = wrong;
            if (pod.HasExited)
                throw new InvalidOperationException($"{pod.Name} ended before its {name} was good\n{whatIsSeen()}");
            if (DateTime.UtcNow > end)
                throw new TimeoutException($"{name} of {pod.Name} not within {Patience.Long}: {answer}\n{whatIsSeen()}");
            await Task.Delay(100);
        }
    }

    /// <summary>An HTTP answer of the pod's only http port.</summary>
    public async Task<string> GetTextAsync(string path)
    {
        using var client = new HttpClient(node.NewHttpHandler()) { Timeout = Patience.Long };
        return await client.GetStringAsync(new Uri($"http://{pod.Host.Address}:{Port("http")}{path}"));
    }

    private async Task<string?> GetAsync(long port, string path, TimeSpan limit)
    {
        using var client = new HttpClient(node.NewHttpHandler()) { Timeout = limit };
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://{pod.Host.Address}:{port}{path}"));
            // What the kubelet takes for success (pkg/probe/http).
            return (int)answer.StatusCode is >= 200 and < 400
                ? null
                : $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}";
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return e.Message;
        }
    }

    private async Task<string?> CheckAsync(long port, string service, TimeSpan limit)
    {
        using var channel = GrpcChannel.ForAddress($"http://{pod.Host.Address}:{port}",
            new GrpcChannelOptions { HttpHandler = node.NewHttpHandler(), DisposeHttpClient = true });
        try
        {
            var answer = await new Health.HealthClient(channel.CreateCallInvoker())
                .CheckAsync(new HealthCheckRequest { Service = service }, new CallOptions(deadline: DateTime.UtcNow + limit));
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving ? null : answer.Status.ToString();
        }
        catch (RpcException e)
        {
            return e.Status.ToString();
        }
    }

    private long Port(JsonNode port) => port.GetValueKind() == JsonValueKind.Number
        ? port.GetValue<long>()
        : _container["ports"]!.AsArray()
        .Single(item => item!["name"]!.GetValue<string>() == port.GetValue<string>())!["containerPort"]!.GetValue<long>();
}
