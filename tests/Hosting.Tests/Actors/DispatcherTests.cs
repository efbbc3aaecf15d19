using Akka.Actor;
using DistSeq2Seq.Hosting.Actors;
using Xunit;

namespace DistSeq2Seq.Hosting.Tests.Actors;

/// <summary>
/// The cluster's actors and remoting have threads of their own, so that work of the pool does not stand before a heartbeat. (What arrives
/// on a socket still passes through a pool thread: .NET completes socket operations there.)
/// </summary>
public sealed class DispatcherTests
{
    [Theory]
    [InlineData("akka.actor.default-dispatcher")]
    [InlineData("akka.actor.internal-dispatcher")]
    [InlineData("akka.remote.default-remote-dispatcher")]
    [InlineData("akka.remote.backoff-remote-dispatcher")]
    public async Task Actor_OnADispatcherOfTheCluster_RunsOutsideThePool(string dispatcher)
    {
        await using var nodes = new Nodes();
        var system = await nodes.StartAsync(NodeRoles.Worker);
        var place = system.ActorOf(Props.Create(() => new Place()).WithDispatcher(dispatcher));
        Assert.False(await place.Ask<bool>("where", Nodes.Limit, TestContext.Current.CancellationToken));
    }

    /// <summary>
    /// Akka.NET leaves the cluster's daemons on the default dispatcher: were they moved, its threads would have to be looked at too.
    /// </summary>
    [Fact]
    public async Task ClusterDaemon_OfANode_IsOnADispatcherOutsideThePool()
    {
        await using var nodes = new Nodes();
        var system = await nodes.StartAsync(NodeRoles.Worker);
        var daemon = await system.ActorSelection("/system/cluster").ResolveOne(Nodes.Limit, TestContext.Current.CancellationToken);
        var cell = Assert.IsType<ActorCell>(Assert.IsType<ActorRefWithCell>(daemon, exactMatch: false).Underlying);
        Assert.Contains(cell.Dispatcher.Id, (string[])["akka.actor.default-dispatcher", "akka.actor.internal-dispatcher"]);
    }

    private sealed class Place : ReceiveActor
    {
        public Place() => Receive<string>(_ => Sender.Tell(Thread.CurrentThread.IsThreadPoolThread));
    }
}
