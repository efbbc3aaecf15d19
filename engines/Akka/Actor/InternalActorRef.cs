using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>What the engine needs of a handle.</summary>
internal abstract class InternalActorRef : ActorRefBase
{
    public abstract ActorRefProvider Provider { get; }

    public abstract InternalActorRef Parent { get; }

    public virtual bool IsLocal => true;

    public virtual bool IsTerminated => false;

    public abstract void SendSystemMessage(SystemMessage message);

    public virtual void Stop() => SendSystemMessage(new Terminate());

    /// <summary>The child of that name (one path element), or null.</summary>
    public virtual InternalActorRef GetSingleChild(string name) => null;

    /// <summary>The children, for selections by pattern.</summary>
    public virtual IEnumerable<InternalActorRef> Children => [];
}

/// <summary>An actor of this process.</summary>
internal sealed class LocalActorRef : InternalActorRef
{
    public LocalActorRef(ActorSystemImpl system, Props props, InternalActorRef parent, ActorPath path)
    {
        Path = path;
        Parent = parent;
        Cell = new ActorCell(system, this, props, parent);
    }

    public ActorCell Cell { get; }

    public override ActorPath Path { get; }

    public override ActorRefProvider Provider => Cell.SystemImpl.Provider;

    public override InternalActorRef Parent { get; }

    public override bool IsTerminated => Cell.IsTerminated;

    public override IEnumerable<InternalActorRef> Children => Cell.ChildRefs;

    public override void SendSystemMessage(SystemMessage message) => Cell.SendSystemMessage(message);

    public override InternalActorRef GetSingleChild(string name) => Cell.FindChild(name);

    protected override void TellInternal(object message, IActorRef sender) => Cell.SendMessage(new Envelope(message, sender));
}

/// <summary>Nobody: messages to it vanish.</summary>
public sealed class Nobody : ActorRefBase
{
    /// <summary>The only instance.</summary>
    public static readonly Nobody Instance = new();

    private Nobody()
    {
    }

    /// <inheritdoc/>
    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems, "/Nobody");

    /// <inheritdoc/>
    protected override void TellInternal(object message, IActorRef sender)
    {
    }
}
