using Akka.Actor;
using Akka.Dispatch;

namespace Akka.Remote;

/// <summary>An actor of another system.</summary>
internal sealed class RemoteActorRef(ActorRefProvider provider, RemoteTransport remote, ActorPath path) : InternalActorRef
{
    public override ActorPath Path { get; } = path;

    public override ActorRefProvider Provider { get; } = provider;

    public override InternalActorRef Parent => Path.Parent == null ? this : new RemoteActorRef(Provider, remote, Path.Parent);

    public override bool IsLocal => false;

    public override void SendSystemMessage(SystemMessage message)
    {
        switch (message)
        {
            case Watch watch when watch.Watchee.Equals(this):
                remote.Watcher.Tell(new RemoteWatcher.WatchRemote(this, watch.Watcher), ActorRefs.NoSender);
                break;
            case Unwatch unwatch when unwatch.Watchee.Equals(this):
                remote.Watcher.Tell(new RemoteWatcher.UnwatchRemote(this, unwatch.Watcher), ActorRefs.NoSender);
                break;
            default:
                SendOverWire(message);
                break;
        }
    }

    public void SendOverWire(SystemMessage message) => remote.Send(Path.Address, new Outgoing(this, message, null));

    protected override void TellInternal(object message, IActorRef sender) =>
        remote.Send(Path.Address, new Outgoing(this, message, sender));
}

/// <summary>A message, or a system message, on its way out.</summary>
internal readonly record struct Outgoing(RemoteActorRef Recipient, object Message, IActorRef Sender);
