using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>What subscribers of the cluster are told.</summary>
public class ClusterEvent
{
    /// <summary>How a new subscriber learns what is so already.</summary>
    public enum SubscriptionInitialStateMode
    {
        /// <summary>By one <see cref="CurrentClusterState"/>.</summary>
        InitialStateAsSnapshot,

        /// <summary>By the events that would have led here.</summary>
        InitialStateAsEvents,
    }

    /// <summary>By one <see cref="CurrentClusterState"/>.</summary>
    public static readonly SubscriptionInitialStateMode InitialStateAsSnapshot = SubscriptionInitialStateMode.InitialStateAsSnapshot;

    /// <summary>By the events that would have led here.</summary>
    public static readonly SubscriptionInitialStateMode InitialStateAsEvents = SubscriptionInitialStateMode.InitialStateAsEvents;

    /// <summary>Any event of the cluster.</summary>
    public interface IClusterDomainEvent : IDeadLetterSuppression
    {
    }

    /// <summary>A member has come further.</summary>
    public interface IMemberEvent : IClusterDomainEvent
    {
        /// <summary>The member, as it is now.</summary>
        Member Member { get; }
    }

    /// <summary>A member can or cannot be reached.</summary>
    public interface IReachabilityEvent : IClusterDomainEvent
    {
        /// <summary>The member.</summary>
        Member Member { get; }
    }

    /// <summary>The cluster as this node sees it.</summary>
    public sealed class CurrentClusterState
    {
        private readonly ImmutableDictionary<string, Address> _roleLeaders;

        internal CurrentClusterState(
            ImmutableSortedSet<Member> members, ImmutableHashSet<Member> unreachable, Address leader,
            ImmutableDictionary<string, Address> roleLeaders)
        {
            (Members, Unreachable, Leader, _roleLeaders) = (members, unreachable, leader, roleLeaders);
        }

        /// <summary>All members, by address.</summary>
        public ImmutableSortedSet<Member> Members { get; }

        /// <summary>Those that cannot be reached.</summary>
        public ImmutableHashSet<Member> Unreachable { get; }

        /// <summary>Who moves members on, or null.</summary>
        public Address Leader { get; }

        /// <summary>Every role that a member has.</summary>
        public ImmutableHashSet<string> AllRoles => Members.SelectMany(m => m.Roles).ToImmutableHashSet();

        /// <summary>The first of those with a role, or null.</summary>
        public Address RoleLeader(string role) => _roleLeaders.GetValueOrDefault(role);
    }

    /// <summary>A member has come further.</summary>
    public abstract class MemberStatusChange : IMemberEvent
    {
        private protected MemberStatusChange(Member member, MemberStatus validStatus)
        {
            if (member.Status != validStatus) throw new ArgumentException($"Expected {validStatus} state, got: {member}");
            Member = member;
        }

        /// <inheritdoc/>
        public Member Member { get; }

        /// <inheritdoc/>
        public override bool Equals(object obj) =>
            obj is MemberStatusChange other && GetType() == other.GetType() && Member.Equals(other.Member);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(GetType(), Member);

        /// <inheritdoc/>
        public override string ToString() => $"{GetType().Name}(Member={Member})";
    }

    /// <summary>Is joining.</summary>
    public sealed class MemberJoined(Member member) : MemberStatusChange(member, MemberStatus.Joining);

    /// <summary>Is a full member.</summary>
    public sealed class MemberUp(Member member) : MemberStatusChange(member, MemberStatus.Up);

    /// <summary>Has asked to go.</summary>
    public sealed class MemberLeft(Member member) : MemberStatusChange(member, MemberStatus.Leaving);

    /// <summary>May go.</summary>
    public sealed class MemberExited(Member member) : MemberStatusChange(member, MemberStatus.Exiting);

    /// <summary>Is taken for dead.</summary>
    public sealed class MemberDowned(Member member) : MemberStatusChange(member, MemberStatus.Down);

    /// <summary>Is no longer a member.</summary>
    public sealed class MemberRemoved : MemberStatusChange
    {
        /// <summary>With the status before: Exiting if it left, Down if it was taken for dead.</summary>
        public MemberRemoved(Member member, MemberStatus previousStatus) : base(member, MemberStatus.Removed) => PreviousStatus = previousStatus;

        /// <summary>Exiting if it left, Down if it was taken for dead.</summary>
        public MemberStatus PreviousStatus { get; }
    }

    /// <summary>Another member moves members on.</summary>
    public sealed class LeaderChanged(Address leader) : IClusterDomainEvent
    {
        /// <summary>Who, or null.</summary>
        public Address Leader { get; } = leader;

        /// <inheritdoc/>
        public override string ToString() => $"LeaderChanged(NewLeader={Leader})";
    }

    /// <summary>Another member is the first of those with a role.</summary>
    public sealed class RoleLeaderChanged(string role, Address leader) : IClusterDomainEvent
    {
        /// <summary>Who, or null.</summary>
        public Address Leader { get; } = leader;

        /// <summary>The role.</summary>
        public string Role { get; } = role;

        /// <inheritdoc/>
        public override string ToString() => $"RoleLeaderChanged(Leader={Leader}, Role={Role})";
    }

    /// <summary>This node's part in the cluster ends.</summary>
    public sealed class ClusterShuttingDown : IClusterDomainEvent
    {
        /// <summary>The only instance.</summary>
        public static readonly IClusterDomainEvent Instance = new ClusterShuttingDown();

        private ClusterShuttingDown()
        {
        }
    }

    /// <summary>A member can or cannot be reached.</summary>
    public abstract class ReachabilityEvent : IReachabilityEvent
    {
        private protected ReachabilityEvent(Member member) => Member = member;

        /// <inheritdoc/>
        public Member Member { get; }

        /// <inheritdoc/>
        public override string ToString() => $"{GetType().Name}(Member={Member})";
    }

    /// <summary>Its heartbeats stay away.</summary>
    public sealed class UnreachableMember(Member member) : ReachabilityEvent(member);

    /// <summary>Its heartbeats are back.</summary>
    public sealed class ReachableMember(Member member) : ReachabilityEvent(member);
}
