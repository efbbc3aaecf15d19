using System.Collections.Immutable;
using Akka.Actor;
using static Akka.Cluster.ClusterEvent;

namespace Akka.Cluster;

/// <summary>The events that lie between two views of the cluster.</summary>
internal static class MembershipEvents
{
    public static CurrentClusterState State(Membership membership, UniqueAddress self)
    {
        var roles = membership.Members.Values.SelectMany(m => m.Roles).Distinct();
        return new CurrentClusterState(
            membership.Members.Values.ToImmutableSortedSet(),
            membership.Unreachable().Where(m => m.UniqueAddress != self).ToImmutableHashSet(),
            membership.Leader(self)?.Address,
            roles.ToImmutableDictionary(r => r, r => membership.Leader(self, r)?.Address));
    }

    public static List<IClusterDomainEvent> Between(Membership before, Membership after, UniqueAddress self)
    {
        var events = new List<IClusterDomainEvent>();
        var (old, now) = (State(before, self), State(after, self));
        events.AddRange(now.Unreachable.Except(old.Unreachable).Select(m => new UnreachableMember(m)));
        events.AddRange(old.Unreachable.Except(now.Unreachable)
            .Where(m => after.Has(m.UniqueAddress)).Select(m => new ReachableMember(after.Members[m.UniqueAddress])));
        foreach (var member in after.Members.Values)
        {
            var known = before.Members.GetValueOrDefault(member.UniqueAddress);
            if (known?.Status != member.Status && Changed(member) is { } change) events.Add(change);
        }

        foreach (var gone in before.Members.Values.Where(m => !after.Has(m.UniqueAddress)))
            events.Add(new MemberRemoved(gone.Copy(MemberStatus.Removed), gone.Status));
        if (old.Leader != now.Leader) events.Add(new LeaderChanged(now.Leader));
        events.AddRange(old.AllRoles.Union(now.AllRoles)
            .Where(r => old.RoleLeader(r) != now.RoleLeader(r)).Select(r => new RoleLeaderChanged(r, now.RoleLeader(r))));
        return events;
    }

    private static MemberStatusChange Changed(Member member) => member.Status switch
    {
        MemberStatus.Joining => new MemberJoined(member),
        MemberStatus.Up => new MemberUp(member),
        MemberStatus.Leaving => new MemberLeft(member),
        MemberStatus.Exiting => new MemberExited(member),
        MemberStatus.Down => new MemberDowned(member),
        _ => null,
    };
}
