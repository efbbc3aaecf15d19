using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>How far a member has come.</summary>
public enum MemberStatus
{
    /// <summary>Known to the members, not yet one of them.</summary>
    Joining,

    /// <summary>A full member.</summary>
    Up,

    /// <summary>Has asked to go.</summary>
    Leaving,

    /// <summary>May go.</summary>
    Exiting,

    /// <summary>Taken for dead.</summary>
    Down,

    /// <summary>No longer a member.</summary>
    Removed,

    /// <summary>Joining while others are unreachable; this engine does not use it.</summary>
    WeaklyUp,
}

/// <summary>One incarnation of a node: a restart keeps the address and changes the uid.</summary>
public class UniqueAddress : IComparable<UniqueAddress>, IEquatable<UniqueAddress>, IComparable
{
    /// <summary>From both parts.</summary>
    public UniqueAddress(Address address, int uid)
    {
        Address = address;
        Uid = uid;
    }

    /// <summary>Where the node is.</summary>
    public Address Address { get; }

    /// <summary>Which incarnation.</summary>
    public int Uid { get; }

    /// <summary>Whether both are the same incarnation.</summary>
    public static bool operator ==(UniqueAddress left, UniqueAddress right) => Equals(left, right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(UniqueAddress left, UniqueAddress right) => !Equals(left, right);

    /// <inheritdoc/>
    public bool Equals(UniqueAddress other) => other is not null && Uid == other.Uid && Address == other.Address;

    /// <inheritdoc/>
    public override bool Equals(object obj) => Equals(obj as UniqueAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => Uid;

    /// <inheritdoc/>
    public int CompareTo(UniqueAddress uniqueAddress)
    {
        if (uniqueAddress is null) return 1;
        var order = Address.CompareTo(uniqueAddress.Address);
        return order != 0 ? order : Uid.CompareTo(uniqueAddress.Uid);
    }

    /// <inheritdoc/>
    public int CompareTo(object obj) => CompareTo(obj as UniqueAddress);

    /// <inheritdoc/>
    public override string ToString() => $"UniqueAddress: ({Address}, {Uid})";
}

/// <summary>A node of the cluster. Two are equal if they are the same incarnation, whatever their status.</summary>
public class Member : IComparable<Member>, IComparable
{
    internal Member(UniqueAddress uniqueAddress, int upNumber, MemberStatus status, ImmutableHashSet<string> roles)
    {
        (UniqueAddress, UpNumber, Status, Roles) = (uniqueAddress, upNumber, status, roles);
    }

    /// <summary>Which incarnation of which node.</summary>
    public UniqueAddress UniqueAddress { get; }

    /// <summary>Where it is.</summary>
    public Address Address => UniqueAddress.Address;

    /// <summary>How far it has come.</summary>
    public MemberStatus Status { get; }

    /// <summary>What it is for (<c>akka.cluster.roles</c>).</summary>
    public ImmutableHashSet<string> Roles { get; }

    /// <summary>Its place in the order in which members came up.</summary>
    internal int UpNumber { get; }

    /// <summary>Whether it has a role.</summary>
    public bool HasRole(string role) => Roles.Contains(role);

    /// <summary>Whether it came up before another.</summary>
    public bool IsOlderThan(Member other) =>
        UpNumber == other.UpNumber ? Address.CompareTo(other.Address) < 0 : UpNumber < other.UpNumber;

    /// <inheritdoc/>
    public int CompareTo(Member other) => UniqueAddress.CompareTo(other?.UniqueAddress);

    /// <inheritdoc/>
    public int CompareTo(object obj) => CompareTo(obj as Member);

    /// <inheritdoc/>
    public override bool Equals(object obj) => obj is Member other && UniqueAddress == other.UniqueAddress;

    /// <inheritdoc/>
    public override int GetHashCode() => UniqueAddress.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() =>
        $"Member(address = {Address}, Uid={UniqueAddress.Uid} status = {Status}, role=[{string.Join(",", Roles)}], upNumber={UpNumber})";

    internal Member Copy(MemberStatus status) => new(UniqueAddress, UpNumber, status, Roles);

    internal Member CopyUp(int upNumber) => new(UniqueAddress, upNumber, MemberStatus.Up, Roles);
}
