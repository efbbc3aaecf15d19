using System.Collections.Immutable;

namespace Akka.Cluster;

/// <summary>
/// Decides who goes when members cannot reach each other: the smaller side. With equal sides the one with the lowest address
/// stays. Both sides decide alike, each from its own view.
/// </summary>
internal static class SplitBrainResolver
{
    /// <summary>The members to take down; empty if all can be reached.</summary>
    public static ImmutableHashSet<Member> KeepMajority(Membership membership, UniqueAddress self, string role)
    {
        var unreachable = membership.Unreachable().Where(m => m.UniqueAddress != self && m.Status != MemberStatus.Down).ToImmutableHashSet();
        if (unreachable.IsEmpty) return [];
        var halfReachable = HalfReachable(membership, self);
        if (!halfReachable.IsEmpty) return halfReachable;
        var voters = membership.Members.Values.Where(m =>
            m.Status is MemberStatus.Up or MemberStatus.Leaving && (string.IsNullOrEmpty(role) || m.HasRole(role))).ToList();
        var all = membership.Members.Values.Where(m => m.Status != MemberStatus.Down).ToImmutableHashSet();
        if (voters.Count == 0) return all;
        var lost = voters.Count(unreachable.Contains);
        var here = voters.Count - lost;
        var keepHere = here == lost ? !unreachable.Contains(voters.Min()) : here > lost;
        return keepHere ? unreachable : all.Except(unreachable);
    }

    /// <summary>Members that some cannot reach although this node can, and who themselves miss others: no side is right about them.</summary>
    private static ImmutableHashSet<Member> HalfReachable(Membership membership, UniqueAddress self)
    {
        return membership.Unreachable().Where(m =>
            m.UniqueAddress != self && m.Status != MemberStatus.Down &&
            !membership.IsUnreachableFrom(self, m.UniqueAddress) &&
            membership.Rows.TryGetValue(m.UniqueAddress, out var row) && row.Unreachable.Any(membership.Has)).ToImmutableHashSet();
    }
}
