using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Akka.Hosting.TestKit;
using DistSeq2Seq.Coordinator.Membership;
using DistSeq2Seq.Hosting.Actors;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DistSeq2Seq.Coordinator.Tests;

/// <summary>A coordinator's node and workers' nodes of one actor cluster in this process, joined by real remoting.</summary>
public sealed class UnreachableNodeDownerTests() : TestKit(NodeRoles.SystemName)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Far longer than other tests of this process, and a busy machine, keep it from its heartbeats: who lives must not be taken for lost.
    /// </summary>
    private const double HeartbeatPauseSeconds = 15;

    private static readonly TimeSpan PatienceWithTheLost = TimeSpan.FromSeconds(4);

    private readonly List<ActorNodeHost> _workers = [];

    private Cluster Coordinator => Cluster.Get(Sys);

    [Fact]
    public async Task Node_GoneWithoutAWord_IsTakenOutAndAnotherComesIn()
    {
        var (first, second) = (await JoinAsync(), await JoinAsync());
        await UntilUpAsync(3);
        var lost = first.SelfUniqueAddress;

        await _workers[0].System.Terminate(); // as a death: nobody is told
        await UntilAsync(() => Coordinator.State.Members.All(m => m.UniqueAddress != lost), "the lost node is out");
        await JoinAsync();
        await UntilUpAsync(3);
        Assert.False(second.IsTerminated);
    }

    [Fact]
    public async Task Node_ReachableAgainInTime_StaysAndOnlyTheOtherIsTakenOut()
    {
        var (back, gone) = (await JoinAsync(), await JoinAsync());
        await UntilUpAsync(3);
        var (first, second) = (MemberOf(back), MemberOf(gone));
        var lost = Sys.ActorOf(Props.Create(() => new UnreachableNodeDowner(TimeSpan.FromSeconds(1))));

        // As the cluster would tell. The time of the one that comes back would be over before the other's.
        lost.Tell(new ClusterEvent.UnreachableMember(first));
        lost.Tell(new ClusterEvent.UnreachableMember(second));
        lost.Tell(new ClusterEvent.ReachableMember(first));

        await UntilAsync(() => !Coordinator.State.Members.Any(m => m.UniqueAddress == second.UniqueAddress && m.Status == MemberStatus.Up),
            "the node that stayed away is taken down");
        Assert.Equal(MemberStatus.Up, MemberOf(back).Status);
        await UntilAsync(() => gone.IsTerminated, "who was taken down knows it");
    }

    [Fact]
    public async Task Message_OfAForeignType_IsIgnored()
    {
        await JoinAsync();
        await UntilUpAsync(2);
        var lost = Sys.ActorOf(Props.Create(() => new UnreachableNodeDowner(TimeSpan.FromSeconds(1))));
        await WatchAsync(lost);
        lost.Tell("text");
        lost.Tell(new ClusterEvent.LeaderChanged(null)); // of the cluster, but nothing that it waits for
        lost.Tell(PoisonPill.Instance);
        await ExpectTerminatedAsync(lost, Limit);
        await UntilUpAsync(2);
    }

    protected override void ConfigureAkka(AkkaConfigurationBuilder builder, IServiceProvider provider) => new ActorNode
    {
        Role = NodeRoles.Coordinator,
        HeartbeatPauseSeconds = HeartbeatPauseSeconds,
        DowningProvider = typeof(UnreachableNodeDowning),
        DownAfterSeconds = PatienceWithTheLost.TotalSeconds,
    }.Configure(builder);

    protected override async Task BeforeTestStart()
    {
        await base.BeforeTestStart();
        Coordinator.Join(Coordinator.SelfAddress);
    }

    protected override async Task AfterAllAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await base.AfterAllAsync();
    }

    /// <summary>Starts a worker's node, which joins the coordinator's.</summary>
    private async Task<Cluster> JoinAsync()
    {
        var (host, port) = (Coordinator.SelfAddress.Host, Coordinator.SelfAddress.Port);
        var node = new ActorNode { Role = NodeRoles.Worker, Seeds = [$"{host}:{port}"], HeartbeatPauseSeconds = HeartbeatPauseSeconds };
        _workers.Add(await ActorNodeHost.StartAsync(node, NullLoggerFactory.Instance));
        return Cluster.Get(_workers[^1].System);
    }

    private Member MemberOf(Cluster node) => Coordinator.State.Members.Single(m => m.UniqueAddress == node.SelfUniqueAddress);

    private Task UntilUpAsync(int count) => UntilAsync(() => Coordinator.State.Members.Count(m => m.Status == MemberStatus.Up) == count,
        $"{count} members");

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        var end = DateTime.UtcNow + Limit;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < end,
                $"not within {Limit}: {what}; "
                + $"seen:\n{string.Join('\n', _workers.Select(w => Cluster.Get(w.System)).Prepend(Coordinator).Select(Seen))}");
            await Task.Delay(20);
        }
    }

    private static string Seen(Cluster cluster) =>
        $"{cluster.SelfAddress}: {string.Join(", ", cluster.State.Members.Select(m => $"{m.Address.Port} {m.Status}"))}; "
        + $"unreachable {string.Join(", ", cluster.State.Unreachable.Select(m => m.Address.Port))}"
        + (cluster.IsTerminated ? "; terminated" : "");
}
