using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>What the leader does, and what a node does when some are out of reach.</summary>
internal sealed partial class ClusterCore
{
    private readonly HashSet<UniqueAddress> _confirmedExits = [];
    private ImmutableHashSet<UniqueAddress> _downSeen = [];
    private (ImmutableHashSet<UniqueAddress> Members, ImmutableHashSet<UniqueAddress> Unreachable) _split = ([], []);
    private TimeSpan _splitSince;

    private bool IsLeader => IsMember && _membership.Leader(_self)?.UniqueAddress == _self;

    /// <summary>Moves members on. Nobody comes up or goes while a member is out of reach that is not taken for dead.</summary>
    private void LeaderActions()
    {
        var down = _membership.Members.Values.Where(m => m.Status == MemberStatus.Down).Select(m => m.UniqueAddress).ToImmutableHashSet();
        var downBefore = _downSeen;
        _downSeen = down;
        if (!IsLeader || _membership.Unreachable().Any(m => m.Status is not (MemberStatus.Down or MemberStatus.Exiting))) return;
        var next = _membership;
        foreach (var member in _membership.Members.Values)
        {
            switch (member.Status)
            {
                case MemberStatus.Joining when EnoughMembers(next):
                    next = next.With(member.CopyUp(NextUpNumber(next)));
                    _cluster.LogInfo("Leader is moving node [{0}] to [Up]", member.Address);
                    break;
                case MemberStatus.Leaving:
                    next = next.With(member.Copy(MemberStatus.Exiting));
                    _cluster.LogInfo("Leader is moving node [{0}] to [Exiting]", member.Address);
                    break;
                case MemberStatus.Exiting when member.UniqueAddress != _self && MayForget(member):
                case MemberStatus.Down when member.UniqueAddress != _self && downBefore.Contains(member.UniqueAddress):
                    next = next.Without(member.UniqueAddress, DateTime.UtcNow);
                    _confirmedExits.Remove(member.UniqueAddress);
                    _cluster.LogInfo("Leader is removing [{0}] node [{1}]", member.Status, member.Address);
                    break;
            }
        }

        Update(next);
    }

    private bool MayForget(Member exiting) =>
        _confirmedExits.Contains(exiting.UniqueAddress) || _membership.Unreachable().Contains(exiting);

    private bool EnoughMembers(Membership membership)
    {
        var alive = membership.Members.Values.Where(m => m.Status is not (MemberStatus.Down or MemberStatus.Exiting)).ToList();
        return alive.Count >= _cluster.Settings.MinNrOfMembers &&
            _cluster.Settings.MinNrOfMembersOfRole.All(r => alive.Count(m => m.HasRole(r.Key)) >= r.Value);
    }

    private static int NextUpNumber(Membership membership) =>
        membership.Members.Values.Where(m => m.UpNumber != int.MaxValue).Select(m => m.UpNumber).DefaultIfEmpty(0).Max() + 1;

    private void Leave(Address address)
    {
        var member = _membership.Find(address);
        if (member == null)
        {
            // A node that is in no cluster has nothing to leave.
            if (address == _self.Address) Context.Stop(Self);
            return;
        }

        if (member.Status is not (MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up)) return;
        _cluster.LogInfo("Marked address [{0}] as [Leaving]", address);
        Update(_membership.With(member.Copy(MemberStatus.Leaving)));
        if (IsLeader) LeaderActions();
    }

    private void ConfirmExiting()
    {
        // The last member has nobody to be let go by.
        if (!Others.Any(m => m.Status is not (MemberStatus.Exiting or MemberStatus.Down)))
        {
            Context.Stop(Self);
            return;
        }

        foreach (var other in Others) Tell(other.Address, new ExitingConfirmed(_self));
    }

    private void OnExitingConfirmed(ExitingConfirmed confirmed)
    {
        if (_membership.Removed.ContainsKey(confirmed.Node))
        {
            Tell(confirmed.Node.Address, new Gossip(_self, confirmed.Node, _membership));
            return;
        }

        _confirmedExits.Add(confirmed.Node);
        var leaving = confirmed.Node;
        LeaderActions();

        // It is no member any more, so it is told by name.
        if (_membership.Removed.ContainsKey(leaving)) Tell(leaving.Address, new Gossip(_self, leaving, _membership));
    }

    private void DownAddress(Address address)
    {
        if (_membership.Find(address) is not { } member)
        {
            _cluster.LogInfo("Ignoring down of unknown node [{0}]", address);
            return;
        }

        if (member.Status != MemberStatus.Down) Down([member]);
    }

    private void Down(IEnumerable<Member> members)
    {
        var next = _membership;
        foreach (var member in members)
        {
            _cluster.LogInfo("Marking node [{0}] as [Down]", member.Address);
            next = next.With(member.Copy(MemberStatus.Down));
        }

        Update(next);
    }

    /// <summary>Once it has been the same members that are out of reach for long enough, each side decides whether it is the one to go.</summary>
    private void ResolveSplitBrain()
    {
        var unreachable = _membership.Unreachable()
            .Where(m => m.Status != MemberStatus.Down && m.UniqueAddress != _self).Select(m => m.UniqueAddress).ToImmutableHashSet();
        var members = _membership.Members.Keys.ToImmutableHashSet();
        if (!_split.Members.SetEquals(members) || !_split.Unreachable.SetEquals(unreachable))
        {
            _split = (members, unreachable);
            _splitSince = Now;
            return;
        }

        if (unreachable.IsEmpty || !_cluster.Settings.ResolvesSplitBrains || _ending || !IsLeader ||
            Now - _splitSince < _cluster.Settings.StableAfter)
            return;
        var role = _cluster.Settings.Config.GetString("split-brain-resolver.keep-majority.role");
        var down = SplitBrainResolver.KeepMajority(_membership, _self, role);
        _cluster.LogWarning("SBR took decision to down [{0}]; unreachable [{1}] of [{2}] members",
            string.Join(", ", down.Select(m => m.Address)), unreachable.Count, members.Count);
        Down(down);
    }
}
