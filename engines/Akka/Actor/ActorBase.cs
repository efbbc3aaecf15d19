using Akka.Event;

namespace Akka.Actor;

/// <summary>Handles a message; false means that it was not handled.</summary>
public delegate bool Receive(object message);

/// <summary>Handles a message of an untyped actor.</summary>
public delegate void UntypedReceive(object message);

/// <summary>What every actor derives from.</summary>
public abstract class ActorBase
{
    private readonly IActorRef _self;
    private SupervisorStrategy _strategy;

    /// <summary>Called by the engine.</summary>
    /// <exception cref="ActorInitializationException">The constructor was called with <c>new</c>.</exception>
    protected ActorBase()
    {
        var cell = ActorCell.Current ?? throw new ActorInitializationException(
            $"You cannot create an instance of [{GetType()}] explicitly with 'new'. Use ActorOf and Props.");
        _self = cell.Self;
        cell.Become(Receive);
    }

    /// <summary>A behaviour that handles nothing.</summary>
    protected static Receive EmptyReceive => _ => false;

    /// <summary>The actor's surroundings; only while it handles something.</summary>
    /// <exception cref="NotSupportedException">No actor's code is running on this thread.</exception>
    protected static IActorContext Context => ActorCell.Current ?? throw new NotSupportedException(
        "There is no active ActorContext, this is most likely due to use of async operations from within this actor.");

    /// <summary>This actor.</summary>
    protected IActorRef Self => _self;

    /// <summary>Who sent the current message; dead letters if nobody did.</summary>
    protected IActorRef Sender => Context.Sender;

    internal SupervisorStrategy Strategy
    {
        get => _strategy ??= SupervisorStrategy();
        set => _strategy = value;
    }

    internal bool HandleAround(Receive receive, object message) => AroundReceive(receive, message);

    internal void RunPreStart() => PreStart();

    internal void RunPostStop() => PostStop();

    internal void RunPreRestart(Exception cause, object message) => PreRestart(cause, message);

    internal void RunPostRestart(Exception cause) => PostRestart(cause);

    /// <summary>Wraps the handling of every message.</summary>
    protected internal virtual bool AroundReceive(Receive receive, object message)
    {
        if (receive(message)) return true;
        Unhandled(message);
        return false;
    }

    /// <summary>Handles a message; false means that it was not handled.</summary>
    protected abstract bool Receive(object message);

    /// <summary>A message that nobody handled: published, except that an unhandled <see cref="Terminated"/> is an error.</summary>
    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated) throw new DeathPactException(terminated.ActorRef);
        Context.System.EventStream.Publish(new UnhandledMessage(message, Sender, Self));
    }

    /// <summary>Takes another behaviour in place of the current one.</summary>
    protected void Become(Receive receive) => Context.Become(receive);

    /// <summary>Takes another behaviour and keeps the current one below it.</summary>
    protected void BecomeStacked(Receive receive) => Context.BecomeStacked(receive);

    /// <summary>Goes back to the behaviour below.</summary>
    protected void UnbecomeStacked() => Context.UnbecomeStacked();

    /// <summary>Asks for <see cref="ReceiveTimeout"/> after so much silence; null ends that.</summary>
    protected void SetReceiveTimeout(TimeSpan? timeout) => Context.SetReceiveTimeout(timeout);

    /// <summary>How this actor treats the errors of its children.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy() => Actor.SupervisorStrategy.DefaultStrategy;

    /// <summary>Runs before the first message.</summary>
    protected virtual void PreStart()
    {
    }

    /// <summary>Runs when the actor has ended.</summary>
    protected virtual void PostStop()
    {
    }

    /// <summary>Runs on the old instance before a restart; by default ends the children and calls <see cref="PostStop"/>.</summary>
    protected virtual void PreRestart(Exception reason, object message)
    {
        foreach (var child in Context.GetChildren().ToList())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }

        PostStop();
    }

    /// <summary>Runs on the new instance after a restart; by default calls <see cref="PreStart"/>.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();
}

/// <summary>An actor with one handler for every message.</summary>
public abstract class UntypedActor : ActorBase
{
    /// <summary>The actor's surroundings.</summary>
    protected static new IUntypedActorContext Context => (IUntypedActorContext)ActorBase.Context;

    /// <inheritdoc/>
    protected sealed override bool Receive(object message)
    {
        return HandleMessage(message);
    }

    /// <summary>Handles a message.</summary>
    protected abstract void OnReceive(object message);

    /// <summary>Runs async work in this actor; it takes no other message until the work is done.</summary>
    protected void RunTask(Func<Task> action) => Dispatch.ActorTaskScheduler.RunTask(action);

    /// <summary>Takes another behaviour in place of the current one.</summary>
    protected void Become(UntypedReceive receive) => Context.Become(receive);

    /// <summary>Takes another behaviour and keeps the current one below it.</summary>
    protected void BecomeStacked(UntypedReceive receive) => Context.BecomeStacked(receive);

    private protected virtual bool HandleMessage(object message)
    {
        OnReceive(message);
        return true;
    }
}
