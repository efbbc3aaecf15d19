using Akka.Actor;

namespace Akka.Event;

/// <summary>A bus that loggers subscribe to.</summary>
public abstract class LoggingBus
{
    /// <summary>Lines below this level are not written.</summary>
    public LogLevel LogLevel { get; internal set; }

    /// <summary>Gives an event to everybody who subscribed to its type or a base of it.</summary>
    public abstract void Publish(object @event);

    /// <summary>Subscribes an actor to a type and what derives from it; false if it was already.</summary>
    public abstract bool Subscribe(IActorRef subscriber, Type channel);

    /// <summary>Ends a subscription.</summary>
    public abstract bool Unsubscribe(IActorRef subscriber, Type channel);

    /// <summary>Ends all subscriptions of an actor.</summary>
    public abstract bool Unsubscribe(IActorRef subscriber);
}

/// <summary>A system's bus: log lines, dead letters, unhandled messages, and whatever its users publish.</summary>
public class EventStream : LoggingBus
{
    private readonly Lock _lock = new();
    private volatile (IActorRef Subscriber, Type Channel)[] _subscriptions = [];

    internal EventStream()
    {
    }

    /// <inheritdoc/>
    public override void Publish(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        List<IActorRef> told = null;
        foreach (var (subscriber, channel) in _subscriptions)
        {
            if (!channel.IsInstanceOfType(@event)) continue;
            if (subscriber is InternalActorRef { IsTerminated: true })
            {
                Unsubscribe(subscriber);
                continue;
            }

            told ??= [];
            if (told.Contains(subscriber)) continue;
            told.Add(subscriber);
            subscriber.Tell(@event, ActorRefs.NoSender);
        }
    }

    /// <inheritdoc/>
    public override bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(channel);
        lock (_lock)
        {
            if (_subscriptions.Contains((subscriber, channel))) return false;
            _subscriptions = [.. _subscriptions, (subscriber, channel)];
            return true;
        }
    }

    /// <inheritdoc/>
    public override bool Unsubscribe(IActorRef subscriber, Type channel) => Remove(s => s.Subscriber.Equals(subscriber) && s.Channel == channel);

    /// <inheritdoc/>
    public override bool Unsubscribe(IActorRef subscriber) => Remove(s => s.Subscriber.Equals(subscriber));

    private bool Remove(Func<(IActorRef Subscriber, Type Channel), bool> which)
    {
        lock (_lock)
        {
            var left = _subscriptions.Where(s => !which(s)).ToArray();
            var removed = left.Length < _subscriptions.Length;
            _subscriptions = left;
            return removed;
        }
    }
}

/// <summary>Subscriptions by type parameter.</summary>
public static class EventStreamExtensions
{
    /// <summary>Subscribes an actor to a type and what derives from it.</summary>
    public static bool Subscribe<TChannel>(this EventStream eventStream, IActorRef subscriber) =>
        eventStream.Subscribe(subscriber, typeof(TChannel));

    /// <summary>Ends a subscription.</summary>
    public static bool Unsubscribe<TChannel>(this EventStream eventStream, IActorRef subscriber) =>
        eventStream.Unsubscribe(subscriber, typeof(TChannel));
}
