using Akka.Actor;
using Akka.Cluster;
using DistSeq2Seq.Hosting.Actors;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests;

/// <summary>Nodes of one actor cluster in this process, joined by real remoting.</summary>
public sealed class LostNodesTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Far longer than other tests of this process, and a busy machine, keep it from its heartbeats: who lives must not be taken for lost.</summary>
    private const double HeartbeatPauseSeconds = 15;

    private static readonly TimeSpan PatienceWithTheLost = TimeSpan.FromSeconds(4);

    private readonly List<ActorNodeHost> _nodes = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    [Fact]
    public async Task Node_GoneWithoutAWord_IsTakenOutAndAnotherComesIn()
    {
        var coordinator = await StartAsync(NodeRoles.Coordinator, "");
        var address = Cluster.Get(coordinator).SelfAddress;
        var seed = $"{address.Host}:{address.Port}";
        var (first, second) = (await StartAsync(NodeRoles.Worker, seed), await StartAsync(NodeRoles.Worker, seed));
        await UntilUpAsync(coordinator, 3);
        var lost = Cluster.Get(first).SelfUniqueAddress;

        await first.Terminate(); // as a death: nobody is told
        await UntilAsync(() => Cluster.Get(coordinator).State.Members.All(m => m.UniqueAddress != lost), "the lost node is out");
        await StartAsync(NodeRoles.Worker, seed);
        await UntilUpAsync(coordinator, 3);
        Assert.False(Cluster.Get(second).IsTerminated);
    }

    private async Task<ActorSystem> StartAsync(string role, string seed)
    {
        var node = await ActorNodeHost.StartAsync(new ActorNode
        {
            Role = role,
            Seeds = seed.Length > 0 ? [seed] : [],
            HeartbeatPauseSeconds = HeartbeatPauseSeconds,
            DowningProvider = role == NodeRoles.Coordinator ? typeof(LostNodesDowning) : null,
            DownAfterSeconds = PatienceWithTheLost.TotalSeconds,
        }, NullLoggerFactory.Instance);
        _nodes.Add(node);
        if (seed.Length == 0)
            Cluster.Get(node.System).Join(Cluster.Get(node.System).SelfAddress);
        return node.System;
    }

    private Task UntilUpAsync(ActorSystem system, int count) =>
        UntilAsync(() => Cluster.Get(system).State.Members.Count(m => m.Status == MemberStatus.Up) == count, $"{count} members");

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        var end = DateTime.UtcNow + Limit;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < end, $"not within {Limit}: {what}; seen:\n{string.Join('\n', _nodes.Select(node => Seen(node.System)))}");
            await Task.Delay(20);
        }
    }

    private static string Seen(ActorSystem system)
    {
        var (cluster, state) = (Cluster.Get(system), Cluster.Get(system).State);
        return $"{cluster.SelfAddress}: {string.Join(", ", state.Members.Select(m => $"{m.Address.Port} {m.Status}"))}; " +
            $"unreachable {string.Join(", ", state.Unreachable.Select(m => m.Address.Port))}{(cluster.IsTerminated ? "; terminated" : "")}";
    }
}
