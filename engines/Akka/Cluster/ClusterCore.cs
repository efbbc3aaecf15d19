using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>
/// Holds what this node knows of the cluster. Parts: joining, gossip, heartbeats, the leader's work, subscribers. Any change goes
/// to the others at once, and from time to time everything is told again, in case a message was lost.
/// </summary>
internal sealed partial class ClusterCore : ReceiveActor, IWithTimers
{
    private const int TellAllUpTo = 8;

    private readonly Cluster _cluster;
    private readonly UniqueAddress _self;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Membership _membership = Membership.Empty;
    private bool _ending;

    public ClusterCore(Cluster cluster)
    {
        _cluster = cluster;
        _self = cluster.SelfUniqueAddress;
        ReceiveJoining();
        ReceiveHeartbeats();
        ReceiveSubscriptions();
        Receive<Gossip>(OnGossip);
        Receive<ExitingConfirmed>(OnExitingConfirmed);
        Receive<Command.Leave>(c => Leave(c.Address));
        Receive<Command.Down>(c => DownAddress(c.Address));
        Receive<Command.ConfirmExiting>(_ => ConfirmExiting());
        Receive<Command.Shutdown>(_ => Context.Stop(Self));
        Receive<Tick>(OnTick);
    }

    private enum Tick
    {
        Gossip,
        Leader,
        Heartbeat,
        Reap,
        Seeds,
    }

    public ITimerScheduler Timers { get; set; }

    private bool IsMember => _membership.Has(_self);

    private IEnumerable<Member> Others => _membership.Members.Values.Where(m => m.UniqueAddress != _self);

    protected override void PreStart()
    {
        Every(Tick.Gossip, "gossip-interval");
        Every(Tick.Leader, "leader-actions-interval");
        Every(Tick.Heartbeat, "failure-detector.heartbeat-interval");
        Every(Tick.Reap, "unreachable-nodes-reaper-interval");
    }

    protected override void PostStop()
    {
        Publish([ClusterEvent.ClusterShuttingDown.Instance, .. MembershipEvents.Between(_membership, Membership.Empty, _self)]);
        _cluster.Update(Membership.Empty);
        RunAll(_onRemoved);
        _cluster.CoreStopped();
    }

    // The cluster's memory is in this instance: an error that would lose it ends the node's part instead.
    protected override void PreRestart(Exception reason, object message)
    {
        _log.Error(reason, "The cluster actor failed; this node leaves the cluster.");
        base.PreRestart(reason, message);
        _cluster.SelfDowned();
    }

    private void Every(Tick tick, string key)
    {
        var interval = _cluster.Settings.Config.GetTimeSpan(key);
        Timers.StartPeriodicTimer(tick, tick, interval);
    }

    private void OnTick(Tick tick)
    {
        switch (tick)
        {
            case Tick.Gossip:
                GossipToOne();
                break;
            case Tick.Leader:
                LeaderActions();
                ResolveSplitBrain();
                break;
            case Tick.Heartbeat:
                SendHeartbeats();
                break;
            case Tick.Reap:
                ReapUnreachable();
                break;
            case Tick.Seeds:
                AskSeeds();
                break;
        }
    }

    /// <summary>Takes a new view: tells subscribers, and the other nodes if it is news to them.</summary>
    private void Update(Membership next, UniqueAddress learntFrom = null)
    {
        if (next.SameAs(_membership)) return;
        var events = MembershipEvents.Between(_membership, next, _self);
        _membership = next;
        _cluster.Update(next);
        Publish(events);
        GossipToAll(learntFrom);
        AfterChange(events);
    }

    private void AfterChange(List<ClusterEvent.IClusterDomainEvent> events)
    {
        var remote = _cluster.SystemImpl.Provider.Remote;
        foreach (var node in _detectors.Keys.Where(n => !_membership.Has(n)).ToList()) _detectors.Remove(node);
        if (events.OfType<ClusterEvent.IMemberEvent>().Any())
            remote.Watcher.Tell(new Remote.RemoteWatcher.ClusterNodes(Others.Select(m => m.Address).ToHashSet()), ActorRefs.NoSender);
        foreach (var removed in events.OfType<ClusterEvent.MemberRemoved>().Where(r => r.Member.UniqueAddress != _self))
        {
            _cluster.LogInfo("Member removed [{0}], it was [{1}]", removed.Member.Address, removed.PreviousStatus);
            if (removed.PreviousStatus == MemberStatus.Down) remote.Quarantine(removed.Member.Address, removed.Member.UniqueAddress.Uid);
            remote.Watcher.Tell(new Remote.RemoteWatcher.AddressGone(removed.Member.Address), ActorRefs.NoSender);
        }

        if (_cluster.SelfMember.Status == MemberStatus.Up) RunAll(_onUp);
        if (_ending) return;
        switch (_cluster.SelfMember.Status)
        {
            case MemberStatus.Exiting:
                _ending = true;
                _cluster.LogInfo("Exiting, starting coordinated shutdown");
                _cluster.SelfExiting();
                break;
            case MemberStatus.Down:
                _ending = true;
                _cluster.LogInfo("Node has been marked as DOWN. Shutting down myself");
                _cluster.SelfDowned();
                break;
        }
    }

    private void OnGossip(Gossip gossip)
    {
        if (gossip.To != _self || !IsMember || !gossip.Membership.Has(_self) && !gossip.Membership.Removed.ContainsKey(_self)) return;
        if (gossip.Membership.Removed.ContainsKey(_self))
        {
            Removed();
            return;
        }

        // A node that was removed may not know it yet.
        if (_membership.Removed.ContainsKey(gossip.From))
        {
            Tell(gossip.From.Address, new Gossip(_self, gossip.From, _membership));
            return;
        }

        var merged = _membership.Merge(gossip.Membership, DateTime.UtcNow);
        var stale = !merged.SameAs(gossip.Membership);
        Update(merged, gossip.From);
        if (stale) Tell(gossip.From.Address, new Gossip(_self, gossip.From, _membership));
    }

    private void Removed()
    {
        if (_cluster.SelfMember.Status == MemberStatus.Exiting)
        {
            Context.Stop(Self);
        }
        else if (!_ending)
        {
            _ending = true;
            _cluster.LogWarning("This node was removed by the others. Shutting down myself");
            _cluster.SelfDowned();
        }
    }

    private void GossipToAll(UniqueAddress except)
    {
        var peers = GossipPeers().Where(p => p != except).ToList();
        if (except != null && peers.Count > TellAllUpTo) peers = [.. Random.Shared.GetItems(peers.ToArray(), 3).Distinct()];
        foreach (var peer in peers) Tell(peer.Address, new Gossip(_self, peer, _membership));
    }

    private void GossipToOne()
    {
        if (!IsMember || GossipPeers() is not { Count: > 0 } peers) return;
        var peer = peers[Random.Shared.Next(peers.Count)];
        Tell(peer.Address, new Gossip(_self, peer, _membership));
    }

    /// <summary>Those whom this node itself can reach.</summary>
    private List<UniqueAddress> GossipPeers() => IsMember
        ? Others.Select(m => m.UniqueAddress).Where(n => !_membership.IsUnreachableFrom(_self, n)).ToList()
        : [];

    private void Tell(Address node, IClusterMessage message)
    {
        var path = new RootActorPath(node) / "system" / "cluster";
        _cluster.SystemImpl.Provider.ResolveActorRef(path).Tell(message, Self);
    }

    private void RunAll(List<Action> callbacks)
    {
        var due = callbacks.ToArray();
        callbacks.Clear();
        foreach (var callback in due)
        {
            try
            {
                callback();
            }
            catch (Exception error)
            {
                _log.Error(error, "A callback of the cluster failed: {0}", error.Message);
            }
        }
    }
}
