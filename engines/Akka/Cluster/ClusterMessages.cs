using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>What nodes say to each other.</summary>
internal interface IClusterMessage : IDeadLetterSuppression
{
}

/// <summary>Is there a cluster where you are?</summary>
internal sealed record InitJoin : IClusterMessage;

/// <summary>There is, and I am in it.</summary>
internal sealed record InitJoinAck(Address Address) : IClusterMessage;

/// <summary>I am in none.</summary>
internal sealed record InitJoinNack(Address Address) : IClusterMessage;

/// <summary>Let me in.</summary>
internal sealed record Join(UniqueAddress Node, ImmutableHashSet<string> Roles) : IClusterMessage;

/// <summary>You are in; this is what I know.</summary>
internal sealed record Welcome(UniqueAddress From, Membership Membership) : IClusterMessage;

/// <summary>This is what I know.</summary>
internal sealed record Gossip(UniqueAddress From, UniqueAddress To, Membership Membership) : IClusterMessage;

/// <summary>Are you there?</summary>
internal sealed record Heartbeat(UniqueAddress From) : IClusterMessage;

/// <summary>I am.</summary>
internal sealed record HeartbeatRsp(UniqueAddress From) : IClusterMessage;

/// <summary>I have ended my work; forget me.</summary>
internal sealed record ExitingConfirmed(UniqueAddress Node) : IClusterMessage;

/// <summary>What the node's own code says to its cluster actor.</summary>
internal static class Command
{
    internal sealed record JoinTo(Address Address);

    internal sealed record JoinSeeds(ImmutableList<Address> Seeds);

    internal sealed record Leave(Address Address);

    internal sealed record Down(Address Address);

    internal sealed record Subscribe(IActorRef Subscriber, ClusterEvent.SubscriptionInitialStateMode Mode, ImmutableHashSet<Type> To);

    internal sealed record Unsubscribe(IActorRef Subscriber, Type To);

    internal sealed record SendState(IActorRef Receiver);

    internal sealed record OnUp(Action Callback);

    internal sealed record OnRemoved(Action Callback);

    /// <summary>Tell the others that this node has ended its work.</summary>
    internal sealed record ConfirmExiting;

    /// <summary>End the node's part in the cluster.</summary>
    internal sealed record Shutdown;
}
