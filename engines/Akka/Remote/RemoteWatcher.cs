using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Remote;

/// <summary>
/// Watches actors of other systems on behalf of local ones. The other system tells of an actor's end; when the system itself falls
/// silent, this actor does. Systems in the cluster are left to the cluster's failure detector until they are removed.
/// </summary>
internal sealed class RemoteWatcher : ReceiveActor, IWithTimers
{
    private readonly Dictionary<RemoteActorRef, HashSet<InternalActorRef>> _watching = [];
    private readonly Dictionary<Address, PhiAccrualFailureDetector> _detectors = [];
    private readonly Dictionary<Address, int> _uids = [];
    private readonly RemoteTransport _remote;
    private readonly Config _settings;
    private HashSet<Address> _clusterNodes = [];

    public RemoteWatcher(RemoteTransport remote)
    {
        _remote = remote;
        _settings = remote.Settings.GetConfig("watch-failure-detector");
        Receive<WatchRemote>(Watch);
        Receive<UnwatchRemote>(Unwatch);
        Receive<Ended>(e => Forget(e.Watchee, e.Watcher));
        Receive<PeerConnected>(p => Rewatch(p.Address));
        Receive<Heartbeat>(_ => Sender.Tell(new HeartbeatResponse(_remote.Uid)));
        Receive<HeartbeatResponse>(HeartbeatReceived);
        Receive<ClusterNodes>(n => _clusterNodes = n.Addresses);
        Receive<AddressGone>(a => Lost(a.Address));
        Receive<Tick>(_ => Beat());
    }

    public ITimerScheduler Timers { get; set; }

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, _settings.GetTimeSpan("heartbeat-interval"));

    private void Watch(WatchRemote watch)
    {
        if (!_watching.TryGetValue(watch.Watchee, out var watchers)) _watching[watch.Watchee] = watchers = [];
        watchers.Add(watch.Watcher);
        watch.Watchee.SendOverWire(new Watch(watch.Watchee, watch.Watcher));
    }

    private void Unwatch(UnwatchRemote unwatch)
    {
        if (Forget(unwatch.Watchee, unwatch.Watcher)) unwatch.Watchee.SendOverWire(new Unwatch(unwatch.Watchee, unwatch.Watcher));
    }

    private bool Forget(RemoteActorRef watchee, InternalActorRef watcher)
    {
        if (!_watching.TryGetValue(watchee, out var watchers) || !watchers.Remove(watcher)) return false;
        if (watchers.Count > 0) return true;
        _watching.Remove(watchee);
        if (_watching.Keys.All(w => w.Path.Address != watchee.Path.Address)) _detectors.Remove(watchee.Path.Address);
        return true;
    }

    /// <summary>
    /// Whatever was lost with the old connection is said again. In a new incarnation the actors are gone, and it answers so.
    /// </summary>
    private void Rewatch(Address address)
    {
        foreach (var (watchee, watchers) in _watching.Where(w => w.Key.Path.Address == address))
        {
            foreach (var watcher in watchers) watchee.SendOverWire(new Watch(watchee, watcher));
        }
    }

    private void HeartbeatReceived(HeartbeatResponse response)
    {
        var from = Sender.Path.Address;
        _uids[from] = response.Uid;
        if (_detectors.TryGetValue(from, out var detector)) detector.Heartbeat();
    }

    private void Beat()
    {
        foreach (var address in _watching.Keys.Select(w => w.Path.Address).Distinct().Where(a => !_clusterNodes.Contains(a)).ToList())
        {
            if (!_detectors.TryGetValue(address, out var detector))
            {
                // Counting begins now, so that a peer that never answers is given up too.
                _detectors[address] = detector = new PhiAccrualFailureDetector(_settings);
                detector.Heartbeat();
            }

            if (!detector.IsAvailable)
            {
                Context.GetLogger().Warning("Detected unreachable: [{0}]", address);
                if (_uids.TryGetValue(address, out var uid)) _remote.Quarantine(address, uid);
                Lost(address);
                continue;
            }

            var peer = new RemoteActorRef(_remote.System.Provider, _remote, new RootActorPath(address) / "system" / "remote-watcher");
            peer.Tell(Heartbeat.Instance, Self);
        }
    }

    private void Lost(Address address)
    {
        foreach (var (watchee, watchers) in _watching.Where(w => w.Key.Path.Address == address).ToList())
        {
            foreach (var watcher in watchers)
                watcher.SendSystemMessage(new DeathWatchNotification(watchee, ExistenceConfirmed: true, AddressTerminated: true));
            _watching.Remove(watchee);
        }

        _detectors.Remove(address);
        _uids.Remove(address);
    }

    internal sealed record WatchRemote(RemoteActorRef Watchee, InternalActorRef Watcher);

    internal sealed record UnwatchRemote(RemoteActorRef Watchee, InternalActorRef Watcher);

    /// <summary>The peer has told of an end.</summary>
    internal sealed record Ended(RemoteActorRef Watchee, InternalActorRef Watcher);

    /// <summary>A connection from or to the peer stands.</summary>
    internal sealed record PeerConnected(Address Address);

    /// <summary>Who is in the cluster.</summary>
    internal sealed record ClusterNodes(HashSet<Address> Addresses);

    /// <summary>The cluster has removed a node.</summary>
    internal sealed record AddressGone(Address Address);

    internal sealed record Heartbeat : IDeadLetterSuppression
    {
        public static readonly Heartbeat Instance = new();
    }

    internal sealed record HeartbeatResponse(int Uid) : IDeadLetterSuppression;

    private sealed record Tick : IDeadLetterSuppression
    {
        public static readonly Tick Instance = new();
    }
}
