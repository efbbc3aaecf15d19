using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>The way into a cluster.</summary>
internal sealed partial class ClusterCore
{
    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(1);

    private ImmutableList<Address> _seeds = [];
    private HashSet<Address> _unasked = [];
    private Address _joining;
    private int _attempts;
    private TimeSpan _seedsStarted;
    private TimeSpan _attemptStarted;

    private TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private void ReceiveJoining()
    {
        Receive<Command.JoinTo>(c =>
        {
            if (MayJoin(c.Address)) JoinTo(c.Address);
        });
        Receive<Command.JoinSeeds>(c => StartSeeds(c.Seeds));
        Receive<InitJoin>(_ => AnswerInitJoin());
        Receive<InitJoinAck>(a =>
        {
            if (!IsMember && _joining == null && !_seeds.IsEmpty) JoinTo(a.Address);
        });
        Receive<InitJoinNack>(OnNack);
        Receive<Join>(OnJoin);
        Receive<Welcome>(OnWelcome);
    }

    private void AnswerInitJoin()
    {
        var inCluster = IsMember && _cluster.SelfMember.Status is not (MemberStatus.Down or MemberStatus.Exiting);
        Sender.Tell(inCluster ? new InitJoinAck(_self.Address) : new InitJoinNack(_self.Address));
    }

    private bool MayJoin(Address address)
    {
        if (IsMember || _ending)
        {
            _cluster.LogInfo("Trying to join [{0}] when already part of a cluster, ignoring", address);
            return false;
        }

        if (address.Protocol == _self.Address.Protocol && address.System == _self.Address.System) return true;
        _cluster.LogWarning("Trying to join member with wrong protocol or ActorSystem name, but was ignored, expected [{0}] but was [{1}]",
            $"{_self.Address.Protocol}://{_self.Address.System}", address);
        return false;
    }

    private void StartSeeds(ImmutableList<Address> seeds)
    {
        if (seeds.IsEmpty || !MayJoin(seeds[0])) return;
        _seeds = seeds;
        _joining = null;
        _attempts = 0;
        _seedsStarted = _attemptStarted = Now;
        _unasked = seeds.Where(s => s != _self.Address).ToHashSet();
        if (_unasked.Count == 0)
        {
            JoinTo(_self.Address);
            return;
        }

        Timers.StartPeriodicTimer(Tick.Seeds, Tick.Seeds, TimeSpan.Zero, AskInterval);
    }

    /// <summary>
    /// Runs while this node is not in. The first seed forms a cluster when no other seed has one within seed-node-timeout; all
    /// others go on asking.
    /// </summary>
    private void AskSeeds()
    {
        if (IsMember)
        {
            Timers.Cancel(Tick.Seeds);
            return;
        }

        var config = _cluster.Settings.Config;
        if (_joining != null)
        {
            if (Now - _attemptStarted < config.GetTimeSpan("retry-unsuccessful-join-after")) return;
            _cluster.LogInfo("Joining [{0}] brought no answer, trying again", _joining);
            if (_seeds.IsEmpty) JoinTo(_joining);
            else StartSeeds(_seeds);
            return;
        }

        if (Now - _attemptStarted >= config.GetTimeSpan("seed-node-timeout"))
        {
            if (_seeds[0] == _self.Address)
            {
                JoinTo(_self.Address);
                return;
            }

            _attemptStarted = Now;
            _cluster.LogWarning("Couldn't join seed nodes after [{0}] attempts, will try again. seed-nodes=[{1}]",
                ++_attempts, string.Join(",", _seeds.Where(s => s != _self.Address)));
            if (GaveUp()) return;
        }

        foreach (var seed in _seeds.Where(s => s != _self.Address)) Tell(seed, new InitJoin());
    }

    private bool GaveUp()
    {
        var limit = _cluster.Settings.Config.GetString("shutdown-after-unsuccessful-join-seed-nodes");
        if (limit is null or "off" || Now - _seedsStarted < _cluster.Settings.Config.GetTimeSpan("shutdown-after-unsuccessful-join-seed-nodes"))
            return false;
        _cluster.LogWarning("Joining of seed-nodes was unsuccessful after configured shutdown-after-unsuccessful-join-seed-nodes [{0}]. " +
            "Running CoordinatedShutdown.", limit);
        Timers.Cancel(Tick.Seeds);
        _cluster.SystemImpl.Shutdown.Run(CoordinatedShutdown.ClusterJoinUnsuccessfulReason.Instance);
        return true;
    }

    private void OnNack(InitJoinNack nack)
    {
        // When every other seed says that it is in no cluster, the first need not wait.
        if (IsMember || _joining != null || _seeds.IsEmpty || _seeds[0] != _self.Address) return;
        _unasked.Remove(nack.Address);
        if (_unasked.Count == 0) JoinTo(_self.Address);
    }

    private void JoinTo(Address address)
    {
        _joining = address;
        _attemptStarted = Now;
        if (address == _self.Address)
        {
            _cluster.LogInfo("Node [{0}] is JOINING itself (with roles [{1}]) and forming a new cluster", address, string.Join(",", _cluster.SelfRoles));
            Timers.Cancel(Tick.Seeds);
            Update(Membership.Empty.With(new Member(_self, int.MaxValue, MemberStatus.Joining, _cluster.SelfRoles)));
            LeaderActions();
            return;
        }

        if (!Timers.IsTimerActive(Tick.Seeds)) Timers.StartPeriodicTimer(Tick.Seeds, Tick.Seeds, AskInterval);
        Tell(address, new Join(_self, _cluster.SelfRoles));
    }

    private void OnJoin(Join join)
    {
        if (!IsMember || _cluster.SelfMember.Status is MemberStatus.Down or MemberStatus.Exiting)
        {
            _cluster.LogInfo("Trying to join [{0}] to this node, which is in no cluster, ignoring", join.Node);
            return;
        }

        if (join.Node.Address.System != _self.Address.System || _membership.Removed.ContainsKey(join.Node))
        {
            _cluster.LogWarning("Node [{0}] may not join: it was removed, or its system has another name", join.Node);
            return;
        }

        var known = _membership.Find(join.Node.Address);
        if (known != null && known.UniqueAddress != join.Node)
        {
            // It comes in with its next try, when the old incarnation is gone.
            _cluster.LogInfo("New incarnation of existing member [{0}] is trying to join. Existing will be removed from the cluster " +
                "and then new member will be allowed to join.", known);
            if (known.Status != MemberStatus.Down) Update(_membership.With(known.Copy(MemberStatus.Down)));
            return;
        }

        if (known == null)
        {
            _cluster.LogInfo("Node [{0}] is JOINING, roles [{1}]", join.Node.Address, string.Join(",", join.Roles));
            Update(_membership.With(new Member(join.Node, int.MaxValue, MemberStatus.Joining, join.Roles)));
        }

        Sender.Tell(new Welcome(_self, _membership));
    }

    private void OnWelcome(Welcome welcome)
    {
        if (IsMember || _joining != welcome.From.Address || !welcome.Membership.Has(_self)) return;
        _cluster.LogInfo("Welcome from [{0}]", welcome.From.Address);
        Timers.Cancel(Tick.Seeds);
        Update(welcome.Membership, welcome.From);
    }
}
