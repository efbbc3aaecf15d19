using Akka.Actor;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>Heartbeats, and who is out of reach.</summary>
internal sealed partial class ClusterCore
{
    private readonly Dictionary<UniqueAddress, PhiAccrualFailureDetector> _detectors = [];
    private TimeSpan _lastHeartbeat;

    private void ReceiveHeartbeats()
    {
        Receive<Heartbeat>(_ => Sender.Tell(new HeartbeatRsp(_self)));
        Receive<HeartbeatRsp>(r =>
        {
            if (_detectors.TryGetValue(r.From, out var detector)) detector.Heartbeat();
        });
    }

    private void SendHeartbeats()
    {
        WarnIfLate();
        foreach (var node in Monitored())
        {
            if (!_detectors.TryGetValue(node, out var detector))
            {
                // Counting begins now, so that a node that never answers is found too.
                _detectors[node] = detector = new PhiAccrualFailureDetector(_cluster.Settings.Config.GetConfig("failure-detector"));
                detector.Heartbeat();
            }

            Tell(node.Address, new Heartbeat(_self));
        }
    }

    private void WarnIfLate()
    {
        var (now, last) = (Now, _lastHeartbeat);
        _lastHeartbeat = now;
        var interval = _cluster.Settings.Config.GetTimeSpan("failure-detector.heartbeat-interval");
        if (last == TimeSpan.Zero || now - last <= 2 * interval) return;
        _cluster.LogWarning(
            "The heartbeats of this node are late: the last were sent [{0:F0}] ms ago, expected interval is [{1:F0}] ms. Others may take it " +
            "for unreachable. The thread pool is starved by blocking work, the processor overloaded, or a garbage collection took long.",
            (now - last).TotalMilliseconds, interval.TotalMilliseconds);
    }

    /// <summary>The next few members after this one in a ring, and those that this node has found unreachable.</summary>
    private List<UniqueAddress> Monitored()
    {
        if (!IsMember) return [];
        var most = _cluster.Settings.Config.GetInt("failure-detector.monitored-by-nr-of-members");
        var ring = Others.Select(m => m.UniqueAddress).OrderBy(RingPosition).ToList();
        var start = ring.FindIndex(n => RingPosition(n).CompareTo(RingPosition(_self)) > 0);
        var next = ring.Skip(Math.Max(start, 0)).Concat(ring.Take(Math.Max(start, 0))).Take(most);
        return [.. next.Union(ring.Where(n => _membership.IsUnreachableFrom(_self, n)))];
    }

    // The uid is random, so neighbours on the ring are seldom neighbours in the network.
    private static (int Uid, string Address) RingPosition(UniqueAddress node) => (node.Uid, node.Address.ToString());

    private void ReapUnreachable()
    {
        if (!IsMember) return;
        var unreachable = _detectors.Where(d => !d.Value.IsAvailable && _membership.Has(d.Key)).Select(d => d.Key).ToHashSet();
        var row = _membership.Rows.GetValueOrDefault(_self)?.Unreachable ?? [];
        if (row.SetEquals(unreachable)) return;
        foreach (var node in unreachable.Where(n => !row.Contains(n)))
            _cluster.LogWarning("Marking node as UNREACHABLE [{0}]", _membership.Members[node]);
        foreach (var node in row.Where(n => !unreachable.Contains(n) && _membership.Has(n)))
            _cluster.LogInfo("Marking node as REACHABLE [{0}]", _membership.Members[node]);
        Update(_membership.With(_self, [.. unreachable]));
    }
}
