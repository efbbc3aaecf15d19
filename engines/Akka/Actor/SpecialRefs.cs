using System.Collections.Concurrent;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Actor;

/// <summary>A place where no actor is (any more): messages become dead letters, watchers hear at once.</summary>
internal class EmptyLocalActorRef(ActorRefProvider provider, ActorPath path) : InternalActorRef
{
    public override ActorPath Path { get; } = path;

    public override ActorRefProvider Provider { get; } = provider;

    public override InternalActorRef Parent => null;

    public override bool IsTerminated => true;

    public override void SendSystemMessage(SystemMessage message)
    {
        if (message is Watch watch && !Equals(watch.Watcher, this))
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(watch.Watchee, ExistenceConfirmed: false, AddressTerminated: false));
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, null), this);
                break;
            case ActorSelectionMessage { Message: Identify identify }:
                sender?.Tell(new ActorIdentity(identify.MessageId, null), this);
                break;
            case DeadLetter:
                Publish(message);
                break;
            case IDeadLetterSuppression suppressed:
                Publish(new SuppressedDeadLetter(suppressed, sender ?? Provider.DeadLetters, this));
                break;
            default:
                Publish(new DeadLetter(message, sender ?? Provider.DeadLetters, this));
                break;
        }
    }

    protected void Publish(object letter) => Provider.System.EventStream.Publish(letter);
}

/// <summary>Where undeliverable messages go; publishes them on the event stream.</summary>
internal sealed class DeadLetterActorRef(ActorRefProvider provider, ActorPath path) : EmptyLocalActorRef(provider, path)
{
    public override bool IsTerminated => false;
}

/// <summary>
/// The top of the tree. Holds the guardians, the temporary refs and the dead letters, and supervises the guardians: one that
/// gives up takes the system down.
/// </summary>
internal sealed class RootRef(ActorRefProvider provider, ActorPath path) : InternalActorRef
{
    private readonly ConcurrentDictionary<string, InternalActorRef> _children = new(StringComparer.Ordinal);

    public override ActorPath Path { get; } = path;

    public override ActorRefProvider Provider { get; } = provider;

    public override InternalActorRef Parent => this;

    public override IEnumerable<InternalActorRef> Children => _children.Values;

    public void Add(string name, InternalActorRef child) => _children[name] = child;

    public override InternalActorRef GetSingleChild(string name) => _children.GetValueOrDefault(name);

    public override void SendSystemMessage(SystemMessage message)
    {
        switch (message)
        {
            case Failed failed:
                Provider.System.Log.Error(failed.Cause, "guardian [{0}] failed, shutting down system", failed.Child);
                Provider.System.FinalTerminate();
                break;
            case DeathWatchNotification notification:
                Provider.System.GuardianStopped(notification.Actor);
                break;
            case Watch or Unwatch:
                break;
        }
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case ActorSelectionMessage selection:
                ActorSelection.Deliver(this, sender, selection);
                break;
            case Identify identify:
                sender?.Tell(new ActorIdentity(identify.MessageId, this), this);
                break;
            default:
                Provider.DeadLetters.Tell(message, sender);
                break;
        }
    }
}

/// <summary>Holds the refs of questions that wait for an answer.</summary>
internal sealed class TempContainer(ActorRefProvider provider, InternalActorRef parent, ActorPath path) : InternalActorRef
{
    private readonly ConcurrentDictionary<string, InternalActorRef> _children = new(StringComparer.Ordinal);
    private long _next;

    public override ActorPath Path { get; } = path;

    public override ActorRefProvider Provider { get; } = provider;

    public override InternalActorRef Parent { get; } = parent;

    public ActorPath NextPath() => Path / ActorNames.Generated(Interlocked.Increment(ref _next));

    public void Add(string name, InternalActorRef child) => _children[name] = child;

    public void Remove(InternalActorRef child) => _children.TryRemove(child.Path.Name, out _);

    public override InternalActorRef GetSingleChild(string name) => _children.GetValueOrDefault(name);

    public override void SendSystemMessage(SystemMessage message)
    {
    }

    protected override void TellInternal(object message, IActorRef sender) => Provider.DeadLetters.Tell(message, sender);
}

/// <summary>The names that the engine gives.</summary>
internal static class ActorNames
{
    private const string Digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";

    /// <summary><c>$a</c>, <c>$b</c>, …; never clashes with a user's name, which may not start with <c>$</c>.</summary>
    public static string Generated(long number)
    {
        Span<char> text = stackalloc char[16];
        var length = 0;
        text[length++] = '$';
        do
        {
            text[length++] = Digits[(int)(number & 63)];
            number >>= 6;
        }
        while (number != 0);
        return new string(text[..length]);
    }
}
