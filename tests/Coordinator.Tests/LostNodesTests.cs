using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using DistSeq2Seq.Protocol.Actors;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests;

/// <summary>Nodes of one actor cluster in this process, joined by real remoting.</summary>
public sealed class LostNodesTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Far longer than other tests of this process, and a busy machine, keep it from its heartbeats: who lives must not be taken for lost.</summary>
    private const double HeartbeatPauseSeconds = 15;

    private static readonly TimeSpan PatienceWithTheLost = TimeSpan.FromSeconds(4);

    private readonly List<ActorSystem> _systems = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var system in _systems)
            await system.Terminate();
    }

    [Fact]
    public async Task Node_GoneWithoutAWord_IsTakenOutAndAnotherComesIn()
    {
        var coordinator = Start(ActorSystemSettings.Coordinator, "");
        var seed = Cluster.Get(coordinator).SelfAddress;
        coordinator.ActorOf(Props.Create(() => new LostNodes(PatienceWithTheLost)));
        var (first, second) = (Start(ActorSystemSettings.Worker, $"{seed.Host}:{seed.Port}"), Start(ActorSystemSettings.Worker, $"{seed.Host}:{seed.Port}"));
        await UntilUpAsync(coordinator, 3);
        var lost = Cluster.Get(first).SelfUniqueAddress;

        await first.Terminate(); // as a death: nobody is told
        await UntilAsync(() => Cluster.Get(coordinator).State.Members.All(m => m.UniqueAddress != lost), "the lost node is out");
        Start(ActorSystemSettings.Worker, $"{seed.Host}:{seed.Port}");
        await UntilUpAsync(coordinator, 3);
        Assert.False(Cluster.Get(second).IsTerminated);
    }

    private ActorSystem Start(string role, string seed)
    {
        var system = ActorSystem.Create(ActorSystemSettings.SystemName, ConfigurationFactory.ParseString(
            ActorSystemSettings.Hocon(role, "127.0.0.1", "127.0.0.1", 0, seed.Length > 0 ? [seed] : [], HeartbeatPauseSeconds)));
        _systems.Add(system);
        if (seed.Length == 0)
            Cluster.Get(system).Join(Cluster.Get(system).SelfAddress);
        return system;
    }

    private Task UntilUpAsync(ActorSystem system, int count) =>
        UntilAsync(() => Cluster.Get(system).State.Members.Count(m => m.Status == MemberStatus.Up) == count, $"{count} members");

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        var end = DateTime.UtcNow + Limit;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < end, $"not within {Limit}: {what}; seen:\n{string.Join('\n', _systems.Select(Seen))}");
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
