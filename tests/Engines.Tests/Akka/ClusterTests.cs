using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Xunit;
using static Akka.Cluster.ClusterEvent;

namespace DistSeq2Seq.Engines.Tests.Akka;

/// <summary>Clusters of several systems in one process, with a failure detector and a resolver that are in a hurry.</summary>
public class ClusterTests : ActorTest
{
    // A system that ends without coordinated shutdown is as good as killed: it says goodbye to nobody.
    private const string Settings = """
        akka.actor.provider = cluster
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        akka.remote.retry-gate-closed-for = 300 ms
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        akka.cluster {
          periodic-tasks-initial-delay = 100 ms
          gossip-interval = 200 ms
          leader-actions-interval = 200 ms
          unreachable-nodes-reaper-interval = 200 ms
          seed-node-timeout = 1 s
          retry-unsuccessful-join-after = 2 s
          failure-detector { heartbeat-interval = 200 ms, acceptable-heartbeat-pause = 2 s }
          downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
          split-brain-resolver { active-strategy = keep-majority, stable-after = 2 s }
        }
        """;

    [Fact]
    public async Task Join_ThreeNodes_AllSeeAllUpWithTheirRoles()
    {
        var nodes = await ThreeNodes();
        foreach (var node in nodes)
        {
            var state = Cluster.Get(node).State;
            Assert.Equal(3, state.Members.Count);
            Assert.Empty(state.Unreachable);
            Assert.Equal("coordinator", Assert.Single(state.Members, m => m.HasRole("coordinator")).Roles.Single());
            Assert.Equal(2, state.Members.Count(m => m.HasRole("worker")));
            Assert.Equal(state.Members.Min(m => m.Address), state.Leader);
            Assert.Equal(state.Members.Where(m => m.HasRole("worker")).Min(m => m.Address), state.RoleLeader("worker"));
            Assert.Equal(Cluster.Get(node).SelfUniqueAddress, Cluster.Get(node).SelfMember.UniqueAddress);
        }
    }

    [Fact]
    public async Task Subscribe_BothModes_TellWhatIsSoAndWhatComes()
    {
        var first = Node("coordinator");
        var cluster = Cluster.Get(first);
        cluster.Join(cluster.SelfAddress);
        await Eventually(() => cluster.IsUp, "the first node is up");
        var (events, snapshot) = (new Probe(first), new Probe(first));
        cluster.Subscribe(events.Ref, InitialStateAsEvents, typeof(IMemberEvent));
        cluster.Subscribe(snapshot.Ref, InitialStateAsSnapshot, typeof(MemberUp));
        Assert.Equal(cluster.SelfMember, (await events.Next<MemberUp>()).Member);
        Assert.Equal(cluster.SelfMember, Assert.Single((await snapshot.Next<CurrentClusterState>()).Members));
        var second = Node("worker");
        Cluster.Get(second).JoinSeedNodes([cluster.SelfAddress]);
        Assert.Equal(Cluster.Get(second).SelfUniqueAddress, (await events.Next<MemberJoined>()).Member.UniqueAddress);
        Assert.Equal(Cluster.Get(second).SelfUniqueAddress, (await events.Next<MemberUp>()).Member.UniqueAddress);
        Assert.Equal(Cluster.Get(second).SelfUniqueAddress, (await snapshot.Next<MemberUp>()).Member.UniqueAddress);
    }

    [Fact]
    public async Task MinNrOfMembers_TooFew_NobodyComesUp()
    {
        var first = Node("a", "akka.cluster.min-nr-of-members = 2");
        var cluster = Cluster.Get(first);
        var up = new TaskCompletionSource();
        cluster.RegisterOnMemberUp(up.SetResult);
        cluster.Join(cluster.SelfAddress);
        await Eventually(() => cluster.SelfMember.Status == MemberStatus.Joining, "the first node is joining");
        Assert.False(up.Task.IsCompleted);
        var second = Node("b", "akka.cluster.min-nr-of-members = 2");
        Cluster.Get(second).Join(cluster.SelfAddress);
        await up.Task.WaitAsync(Probe.Limit);
        await Eventually(() => cluster.State.Members.Count(m => m.Status == MemberStatus.Up) == 2, "both are up");
    }

    [Fact]
    public async Task SeedNodes_FirstSeedComesLater_OthersWaitForIt()
    {
        var port = FreePort();
        var seeds = $"akka.cluster.seed-nodes = [\"akka.tcp://cluster@127.0.0.1:{port}\"]";
        var early = Node("worker", seeds);
        var first = Node("coordinator", seeds, port);
        await Eventually(() => Cluster.Get(early).IsUp && Cluster.Get(first).IsUp, "both are up");
        Assert.Equal(2, Cluster.Get(first).State.Members.Count);
    }

    [Fact]
    public async Task Leave_Node_IsLetGoByTheOthersAndItsSystemEnds()
    {
        var nodes = await ThreeNodes();
        var probe = new Probe(nodes[0]);
        Cluster.Get(nodes[0]).Subscribe(probe.Ref, typeof(IMemberEvent), typeof(IReachabilityEvent));
        await probe.Next<CurrentClusterState>();
        var leaver = Cluster.Get(nodes[2]);
        var removed = new TaskCompletionSource();
        leaver.RegisterOnMemberRemoved(removed.SetResult);
        await leaver.LeaveAsync().WaitAsync(Probe.Limit);
        await removed.Task.WaitAsync(Probe.Limit);
        Assert.Equal(leaver.SelfAddress, (await probe.Until<MemberLeft>()).Member.Address);
        Assert.Equal(leaver.SelfAddress, (await probe.Until<MemberExited>()).Member.Address);
        var gone = await probe.Until<MemberRemoved>();
        Assert.Equal(leaver.SelfUniqueAddress, gone.Member.UniqueAddress);
        Assert.Equal(MemberStatus.Exiting, gone.PreviousStatus);
        await nodes[2].WhenTerminated.WaitAsync(Probe.Limit);
        Assert.IsType<CoordinatedShutdown.ClusterLeavingReason>(CoordinatedShutdown.Get(nodes[2]).ShutdownReason);
    }

    [Fact]
    public async Task CoordinatedShutdown_Leader_LeavesTheCluster()
    {
        var nodes = await ThreeNodes();
        var leader = nodes.Single(n => Cluster.Get(n).SelfAddress == Cluster.Get(n).State.Leader);
        var others = nodes.Where(n => n != leader).ToList();
        var probe = new Probe(others[0]);
        Cluster.Get(others[0]).Subscribe(probe.Ref, typeof(MemberRemoved));
        await CoordinatedShutdown.Get(leader).Run(CoordinatedShutdown.UnknownReason.Instance).WaitAsync(Probe.Limit);
        Assert.Equal(MemberStatus.Exiting, (await probe.Until<MemberRemoved>()).PreviousStatus);
        await Eventually(() => others.All(n => Cluster.Get(n).State.Members.Count == 2), "two are left");
        Assert.Equal(others.Min(n => Cluster.Get(n).SelfAddress), Cluster.Get(others[0]).State.Leader);
    }

    [Fact]
    public async Task Kill_Node_IsUnreachableThenDownedThenRemovedAndItsActorsAreTerminated()
    {
        var nodes = await ThreeNodes();
        var victim = Cluster.Get(nodes[2]).SelfUniqueAddress;
        _ = new Probe(nodes[2], "victim");
        var watcher = new Probe(nodes[0]);
        watcher.Watch(await nodes[0].ActorSelection(new RootActorPath(victim.Address) / "user" / "victim").ResolveOne(Probe.Limit));
        var probe = new Probe(nodes[0]);
        Cluster.Get(nodes[0]).Subscribe(probe.Ref, InitialStateAsEvents, typeof(IMemberEvent), typeof(IReachabilityEvent));
        await nodes[2].Terminate();
        Assert.Equal(victim, (await probe.Until<UnreachableMember>()).Member.UniqueAddress);
        Assert.Equal(victim, (await probe.Until<MemberDowned>()).Member.UniqueAddress);
        var removed = await probe.Until<MemberRemoved>();
        Assert.Equal(victim, removed.Member.UniqueAddress);
        Assert.Equal(MemberStatus.Down, removed.PreviousStatus);
        await watcher.Next<Terminated>();
        await Eventually(() => Cluster.Get(nodes[1]).State.Members.Count == 2, "the third has heard of it");
    }

    [Fact]
    public async Task Restart_OnTheSameAddress_OldIncarnationIsRemovedAndTheNewOneComesUp()
    {
        var nodes = await ThreeNodes();
        var old = Cluster.Get(nodes[2]).SelfUniqueAddress;
        var probe = new Probe(nodes[0]);
        Cluster.Get(nodes[0]).Subscribe(probe.Ref, typeof(IMemberEvent));
        await nodes[2].Terminate();
        var restarted = Node("worker", "", old.Address.Port ?? 0);
        Cluster.Get(restarted).JoinSeedNodes([Cluster.Get(nodes[0]).SelfAddress, Cluster.Get(nodes[1]).SelfAddress]);
        Assert.Equal(old, (await probe.Until<MemberRemoved>()).Member.UniqueAddress);
        var up = (await probe.Until<MemberUp>()).Member.UniqueAddress;
        Assert.Equal(old.Address, up.Address);
        Assert.NotEqual(old.Uid, up.Uid);
        Assert.Equal(Cluster.Get(restarted).SelfUniqueAddress, up);
        await Eventually(() => Cluster.Get(restarted).IsUp, "the new incarnation knows that it is up");
    }

    [Fact]
    public async Task Down_ByHand_EndsTheNodeAndRemovesIt()
    {
        var nodes = await ThreeNodes();
        var victim = Cluster.Get(nodes[2]).SelfAddress;
        Cluster.Get(nodes[0]).Down(victim);
        await nodes[2].WhenTerminated.WaitAsync(Probe.Limit);
        Assert.IsType<CoordinatedShutdown.ClusterDowningReason>(CoordinatedShutdown.Get(nodes[2]).ShutdownReason);
        await Eventually(() => Cluster.Get(nodes[0]).State.Members.All(m => m.Address != victim), "it is removed");
    }

    [Fact]
    public async Task KeepMajority_OneOfThreeLosesTheOthers_TakesItselfDown()
    {
        var nodes = await ThreeNodes();
        await Task.WhenAll(nodes[0].Terminate(), nodes[1].Terminate());
        await nodes[2].WhenTerminated.WaitAsync(Probe.Limit);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private ActorSystem Node(string role, string more = "", int port = 0) =>
        Start("cluster", $"{Settings}\nakka.cluster.roles = [{role}]\nakka.remote.dot-netty.tcp.port = {port}\n{more}");

    private async Task<ActorSystem[]> ThreeNodes()
    {
        var nodes = new[] { Node("coordinator"), Node("worker"), Node("worker") };
        var seed = Cluster.Get(nodes[0]).SelfAddress;
        foreach (var node in nodes) Cluster.Get(node).JoinSeedNodes([seed]);
        await Eventually(
            () => nodes.All(n => Cluster.Get(n).State.Members.Count(m => m.Status == MemberStatus.Up) == 3), "all see three up");
        return nodes;
    }
}
