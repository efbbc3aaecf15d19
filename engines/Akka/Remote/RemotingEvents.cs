using Akka.Actor;

namespace Akka.Remote;

/// <summary>What happens to a connection; published on the event stream.</summary>
public abstract class RemotingLifecycleEvent
{
    /// <summary>In words.</summary>
    public abstract override string ToString();
}

/// <summary>A connection stands.</summary>
public sealed class AssociatedEvent(Address localAddress, Address remoteAddress, bool inbound) : RemotingLifecycleEvent
{
    /// <summary>This system.</summary>
    public Address LocalAddress { get; } = localAddress;

    /// <summary>The other.</summary>
    public Address RemoteAddress { get; } = remoteAddress;

    /// <summary>Whether the other one connected.</summary>
    public bool IsInbound { get; } = inbound;

    /// <inheritdoc/>
    public override string ToString() => $"Associated [{LocalAddress}] {(IsInbound ? "<-" : "->")} {RemoteAddress}";
}

/// <summary>A connection broke.</summary>
public sealed class DisassociatedEvent(Address localAddress, Address remoteAddress, bool inbound) : RemotingLifecycleEvent
{
    /// <summary>This system.</summary>
    public Address LocalAddress { get; } = localAddress;

    /// <summary>The other.</summary>
    public Address RemoteAddress { get; } = remoteAddress;

    /// <summary>Whether the other one had connected.</summary>
    public bool IsInbound { get; } = inbound;

    /// <inheritdoc/>
    public override string ToString() => $"Disassociated [{LocalAddress}] {(IsInbound ? "<-" : "->")} {RemoteAddress}";
}

/// <summary>An incarnation of another system is never spoken to again.</summary>
public sealed class QuarantinedEvent(Address address, int uid) : RemotingLifecycleEvent
{
    /// <summary>The other system.</summary>
    public Address Address { get; } = address;

    /// <summary>Its incarnation.</summary>
    public int Uid { get; } = uid;

    /// <inheritdoc/>
    public override string ToString() => $"Association to [{Address}] having UID [{Uid}] is irrecoverably failed. UID is now quarantined.";
}

/// <summary>Another system never speaks to this one again.</summary>
public sealed class ThisActorSystemQuarantinedEvent(Address localAddress, Address remoteAddress) : RemotingLifecycleEvent
{
    /// <summary>This system.</summary>
    public Address LocalAddress { get; } = localAddress;

    /// <summary>The other.</summary>
    public Address RemoteAddress { get; } = remoteAddress;

    /// <inheritdoc/>
    public override string ToString() => $"The remote system [{RemoteAddress}] has quarantined this system [{LocalAddress}].";
}

/// <summary>A message too large for a frame.</summary>
internal sealed class OversizedPayloadException(string message) : AkkaException(message);
