using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>Whom an observer cannot reach; the higher version is the newer.</summary>
internal sealed record ReachabilityRow(long Version, ImmutableHashSet<UniqueAddress> Unreachable);

/// <summary>
/// What a node knows of the cluster. Two nodes' knowledge merges the same way in any order: a member's status only moves forward,
/// removal is final, and each observer alone writes its row. So any exchange brings nodes to the same view, without a vote.
/// </summary>
internal sealed record Membership(
    ImmutableSortedDictionary<UniqueAddress, Member> Members,
    ImmutableDictionary<UniqueAddress, ReachabilityRow> Rows,
    ImmutableDictionary<UniqueAddress, DateTime> Removed)
{
    private static readonly TimeSpan RemovedKept = TimeSpan.FromDays(1);

    // Members are equal whatever their status, and an immutable dictionary does not replace a value by an equal one.
    private static readonly ImmutableSortedDictionary<UniqueAddress, Member> NoMembers =
        ImmutableSortedDictionary<UniqueAddress, Member>.Empty.WithComparers(
            null, EqualityComparer<Member>.Create(ReferenceEquals, RuntimeHelpers.GetHashCode));

    public static readonly Membership Empty = new(
        NoMembers,
        ImmutableDictionary<UniqueAddress, ReachabilityRow>.Empty,
        ImmutableDictionary<UniqueAddress, DateTime>.Empty);

    public static Membership Of(
        IEnumerable<Member> members, IEnumerable<KeyValuePair<UniqueAddress, ReachabilityRow>> rows,
        IEnumerable<KeyValuePair<UniqueAddress, DateTime>> removed) => new(
        NoMembers.AddRange(members.Select(m => KeyValuePair.Create(m.UniqueAddress, m))),
        rows.ToImmutableDictionary(), removed.ToImmutableDictionary());

    public bool Has(UniqueAddress node) => Members.ContainsKey(node);

    public Member Find(Address address) => Members.Values.FirstOrDefault(m => m.Address == address);

    public Membership With(Member member) => this with { Members = Members.SetItem(member.UniqueAddress, member) };

    public Membership With(UniqueAddress observer, ImmutableHashSet<UniqueAddress> unreachable)
    {
        var version = (Rows.GetValueOrDefault(observer)?.Version ?? 0) + 1;
        return this with { Rows = Rows.SetItem(observer, new ReachabilityRow(version, unreachable)) };
    }

    public Membership Without(UniqueAddress node, DateTime now) => new(
        Members.Remove(node), Rows.Remove(node), Removed.SetItem(node, now));

    /// <summary>The members that some member cannot reach. Nobody listens to one that is down.</summary>
    public ImmutableHashSet<Member> Unreachable()
    {
        return Rows
            .Where(r => Members.TryGetValue(r.Key, out var observer) && observer.Status != MemberStatus.Down)
            .SelectMany(r => r.Value.Unreachable)
            .Where(Members.ContainsKey)
            .Select(n => Members[n])
            .ToImmutableHashSet();
    }

    /// <summary>Whether a member counts this node as out of its reach.</summary>
    public bool IsUnreachableFrom(UniqueAddress observer, UniqueAddress node) =>
        Rows.TryGetValue(observer, out var row) && row.Unreachable.Contains(node);

    public Membership Merge(Membership other, DateTime now)
    {
        var removed = Removed;
        foreach (var (node, when) in other.Removed)
        {
            if (now - when < RemovedKept && !removed.ContainsKey(node)) removed = removed.Add(node, when);
        }

        removed = removed.RemoveRange(removed.Where(r => now - r.Value >= RemovedKept).Select(r => r.Key));
        var members = Members.RemoveRange(Members.Keys.Where(removed.ContainsKey));
        foreach (var (node, member) in other.Members)
        {
            if (removed.ContainsKey(node)) continue;
            members = members.SetItem(node, members.TryGetValue(node, out var mine) ? Further(mine, member) : member);
        }

        var rows = Rows;
        foreach (var (observer, row) in other.Rows)
        {
            if (!rows.TryGetValue(observer, out var mine) || mine.Version < row.Version) rows = rows.SetItem(observer, row);
        }

        return new Membership(members, rows.RemoveRange(rows.Keys.Where(o => !members.ContainsKey(o))), removed);
    }

    public bool SameAs(Membership other) =>
        Members.Count == other.Members.Count && Rows.Count == other.Rows.Count && Removed.Count == other.Removed.Count &&
        Members.All(m => other.Members.TryGetValue(m.Key, out var o) && o.Status == m.Value.Status && o.UpNumber == m.Value.UpNumber) &&
        Rows.All(r => other.Rows.TryGetValue(r.Key, out var o) && o.Version == r.Value.Version) &&
        Removed.Keys.All(other.Removed.ContainsKey);

    /// <summary>
    /// Who moves members on, as <paramref name="self"/> sees it: the lowest address of those that are up and within reach, or of all
    /// within reach while none is up. With a role, of those that have it.
    /// </summary>
    public Member Leader(UniqueAddress self, string role = null)
    {
        var unreachable = Unreachable();
        var candidates = Members.Values.Where(m =>
            m.Status != MemberStatus.Down && (role == null || m.HasRole(role)) && (m.UniqueAddress == self || !unreachable.Contains(m)));
        return candidates.MinBy(m => m, Comparer<Member>.Create(CompareForLeader));
    }

    private static int CompareForLeader(Member a, Member b)
    {
        var order = LeaderRank(a.Status).CompareTo(LeaderRank(b.Status));
        return order != 0 ? order : a.CompareTo(b);
    }

    private static int LeaderRank(MemberStatus status) => status switch
    {
        MemberStatus.Up or MemberStatus.Leaving => 0,
        MemberStatus.Exiting => 2,
        _ => 1,
    };

    private static Member Further(Member a, Member b)
    {
        if (a.Status != b.Status) return Rank(a.Status) > Rank(b.Status) ? a : b;
        return a.UpNumber <= b.UpNumber ? a : b;
    }

    private static int Rank(MemberStatus status) => status switch
    {
        MemberStatus.Joining => 0,
        MemberStatus.WeaklyUp => 1,
        MemberStatus.Up => 2,
        MemberStatus.Leaving => 3,
        MemberStatus.Exiting => 4,
        MemberStatus.Down => 5,
        _ => 6,
    };
}
