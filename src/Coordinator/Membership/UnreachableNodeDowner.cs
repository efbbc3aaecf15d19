using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace DistSeq2Seq.Coordinator.Membership;

/// <summary>
/// Removes nodes from the actor cluster that were unreachable for a while. No node can join while any node is unreachable for any other.
/// Training does not wait for this. A worker that lives but is removed joins again with a new actor system.
/// </summary>
/// <remarks>
/// No other node removes nodes. A split-brain resolver on every node would remove the coordinator itself where a busy worker misses the
/// coordinator's heartbeats while the coordinator misses another node's: Akka downs both ends of such a pair.
/// </remarks>
internal sealed class UnreachableNodeDowner : ReceiveActor, IWithTimers
{
    private readonly TimeSpan _patience;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <param name="patience">Longest time that a node may be unreachable; longer than usual pauses of a machine or a link.</param>
    public UnreachableNodeDowner(TimeSpan patience)
    {
        _patience = patience;
        Receive<ClusterEvent.UnreachableMember>(lost => Timers.StartSingleTimer(lost.Member.UniqueAddress,
            new Overdue(lost.Member.UniqueAddress), _patience));
        Receive<ClusterEvent.ReachableMember>(back => Timers.Cancel(back.Member.UniqueAddress));
        Receive<ClusterEvent.MemberRemoved>(gone => Timers.Cancel(gone.Member.UniqueAddress));
        Receive<ClusterEvent.IClusterDomainEvent>(_ => { });
        Receive<Overdue>(TakeDown);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart() => _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));

    /// <inheritdoc/>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void TakeDown(Overdue node)
    {
        _log.Warning("Node {0} was unreachable for {1} s: it is taken out of the cluster; if it lives it joins anew by itself",
            node.Address.Address, _patience.TotalSeconds);
        _cluster.Down(node.Address.Address);
    }

    private sealed record Overdue(UniqueAddress Address);
}
