using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>An actor whose handlers are chosen by the message's type, in the order they were declared.</summary>
public abstract class ReceiveActor : UntypedActor
{
    private readonly List<Func<object, bool>> _initial = [];
    private List<Func<object, bool>> _configuring;
    private bool _complete;

    /// <summary>Called by the engine; handlers are declared in the derived constructor.</summary>
    protected ReceiveActor() => _configuring = _initial;

    /// <inheritdoc/>
    protected sealed override void OnReceive(object message)
    {
    }

    /// <summary>Takes other handlers: those that <paramref name="configure"/> declares.</summary>
    protected void Become(Action configure) => Become(Configured(configure));

    /// <summary>Takes other handlers and keeps the current ones below.</summary>
    protected void BecomeStacked(Action configure) => BecomeStacked(Configured(configure));

    /// <summary>Handles messages of a type, if the predicate holds.</summary>
    protected void Receive<T>(Action<T> handler, Predicate<T> shouldHandle = null)
    {
        Add(message =>
        {
            if (message is not T typed || !(shouldHandle?.Invoke(typed) ?? true)) return false;
            handler(typed);
            return true;
        });
    }

    /// <summary>Handles messages of a type for which the predicate holds.</summary>
    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Receive(handler, shouldHandle);

    /// <summary>Handles messages of a type; the handler says whether it did.</summary>
    protected void Receive<T>(Func<T, bool> handler) => Add(message => message is T typed && handler(typed));

    /// <summary>Handles messages of a type, if the predicate holds.</summary>
    protected void Receive(Type messageType, Action<object> handler, Predicate<object> shouldHandle = null) =>
        Receive<object>(handler, m => messageType.IsInstanceOfType(m) && (shouldHandle?.Invoke(m) ?? true));

    /// <summary>Handles messages of a type asynchronously; no other message is taken meanwhile.</summary>
    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T> shouldHandle = null) =>
        Receive(message => ActorTaskScheduler.RunTask(() => handler(message)), shouldHandle);

    /// <summary>Handles messages of a type for which the predicate holds, asynchronously.</summary>
    protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => ReceiveAsync(handler, shouldHandle);

    /// <summary>Handles everything that no handler before it took. No handler may follow.</summary>
    protected void ReceiveAny(Action<object> handler)
    {
        Add(message =>
        {
            handler(message);
            return true;
        });
        _complete = true;
    }

    /// <summary>Handles everything else asynchronously. No handler may follow.</summary>
    protected void ReceiveAnyAsync(Func<object, Task> handler) =>
        ReceiveAny(message => ActorTaskScheduler.RunTask(() => handler(message)));

    private protected override bool HandleMessage(object message)
    {
        _configuring = null;
        return Handle(_initial, message);
    }

    private static bool Handle(List<Func<object, bool>> handlers, object message)
    {
        foreach (var handler in handlers)
        {
            if (handler(message)) return true;
        }

        return false;
    }

    private Receive Configured(Action configure)
    {
        var (outer, outerComplete) = (_configuring, _complete);
        var handlers = new List<Func<object, bool>>();
        (_configuring, _complete) = (handlers, false);
        configure();
        (_configuring, _complete) = (outer, outerComplete);
        return message => Handle(handlers, message);
    }

    private void Add(Func<object, bool> handler)
    {
        if (_configuring == null)
            throw new InvalidOperationException("You may only call Receive-methods when constructing the actor and inside Become().");
        if (_complete)
            throw new InvalidOperationException("A handler that catches all messages has been added. No handler can be added after that.");
        _configuring.Add(handler);
    }
}
