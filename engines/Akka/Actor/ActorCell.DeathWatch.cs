using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>Who watches whom.</summary>
internal sealed partial class ActorCell
{
    // The value is the message to get; null means Terminated.
    private readonly Dictionary<IActorRef, object> _watching = [];
    private readonly Dictionary<IActorRef, object> _terminatedQueued = [];
    private readonly HashSet<InternalActorRef> _watchedBy = [];

    public IActorRef Watch(IActorRef subject) => WatchWithMessage(subject, null);

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return WatchWithMessage(subject, message);
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        if (subject is InternalActorRef actor && !subject.Equals(_self))
        {
            if (_watching.Remove(subject)) actor.SendSystemMessage(new Unwatch(actor, _self));
            _terminatedQueued.Remove(subject);
        }

        return subject;
    }

    private IActorRef WatchWithMessage(IActorRef subject, object message)
    {
        if (subject is not InternalActorRef actor || subject.Equals(_self)) return subject;
        if (_watching.TryGetValue(subject, out var existing))
        {
            if (!Equals(existing, message))
                throw new InvalidOperationException(
                    $"Watch({_self.Path}, {subject}) with another termination message ({existing ?? "Terminated"}). Unwatch first.");
            return subject;
        }

        _watching.Add(subject, message);
        actor.SendSystemMessage(new Watch(actor, _self));
        return subject;
    }

    private void AddWatcher(Watch watch)
    {
        if (Equals(watch.Watchee, _self) && !Equals(watch.Watcher, _self)) _watchedBy.Add(watch.Watcher);
    }

    private void ActorTerminated(DeathWatchNotification notification)
    {
        if (_watching.Remove(notification.Actor, out var message) && _pending != Pending.Termination)
        {
            _terminatedQueued[notification.Actor] = message;
            var terminated = new Terminated(notification.Actor, notification.ExistenceConfirmed, notification.AddressTerminated);
            _mailbox.Add(new Envelope(terminated, notification.Actor));
        }

        ChildEnded(notification.Actor);
    }

    private void ReceivedTerminated(Terminated terminated)
    {
        if (!_terminatedQueued.Remove(terminated.ActorRef, out var message)) return;
        _envelope = new Envelope(message ?? terminated, terminated.ActorRef);
        ReceiveMessage(message ?? terminated);
    }

    private void TellWatchers()
    {
        foreach (var watcher in _watchedBy.Where(w => !Equals(w, _parent) || _parent is not LocalActorRef))
            watcher.SendSystemMessage(new DeathWatchNotification(_self, ExistenceConfirmed: true, AddressTerminated: false));
        _watchedBy.Clear();
    }

    private void UnwatchAll()
    {
        foreach (var watched in _watching.Keys.OfType<InternalActorRef>()) watched.SendSystemMessage(new Unwatch(watched, _self));
        _watching.Clear();
        _terminatedQueued.Clear();
    }
}
