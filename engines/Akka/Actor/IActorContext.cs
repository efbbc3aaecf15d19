namespace Akka.Actor;

/// <summary>Makes actors and finds them.</summary>
public interface IActorRefFactory
{
    /// <summary>Starts an actor; without a name the engine gives one.</summary>
    /// <exception cref="InvalidActorNameException">The name is malformed or taken.</exception>
    IActorRef ActorOf(Props props, string name = null);

    /// <summary>Names actors by a path.</summary>
    ActorSelection ActorSelection(ActorPath actorPath);

    /// <summary>Names actors by a path, absolute or relative, with <c>*</c> and <c>..</c>.</summary>
    ActorSelection ActorSelection(string actorPath);
}

/// <summary>Hears of the end of actors.</summary>
public interface ICanWatch
{
    /// <summary>Asks for <see cref="Terminated"/> when the actor ends, at once if it already has.</summary>
    IActorRef Watch(IActorRef subject);

    /// <summary>Asks for a message of one's own when the actor ends.</summary>
    IActorRef WatchWith(IActorRef subject, object message);

    /// <summary>Takes that back; no such message comes any more.</summary>
    IActorRef Unwatch(IActorRef subject);
}

/// <summary>An actor's surroundings; to be used by the actor itself only.</summary>
public interface IActorContext : IActorRefFactory, ICanWatch
{
    /// <summary>This actor.</summary>
    IActorRef Self { get; }

    /// <summary>What it was made from.</summary>
    Props Props { get; }

    /// <summary>Who sent the current message; dead letters if nobody did.</summary>
    IActorRef Sender { get; }

    /// <summary>The system.</summary>
    ActorSystem System { get; }

    /// <summary>The actor above.</summary>
    IActorRef Parent { get; }

    /// <summary>The receive timeout, or null.</summary>
    TimeSpan? ReceiveTimeout { get; }

    /// <summary>Takes another behaviour in place of the current one.</summary>
    void Become(Receive receive);

    /// <summary>Takes another behaviour and keeps the current one below it.</summary>
    void BecomeStacked(Receive receive);

    /// <summary>Goes back to the behaviour below.</summary>
    void UnbecomeStacked();

    /// <summary>The child of that name, or <see cref="ActorRefs.Nobody"/>.</summary>
    IActorRef Child(string name);

    /// <summary>The children.</summary>
    IEnumerable<IActorRef> GetChildren();

    /// <summary>Asks for <see cref="Actor.ReceiveTimeout"/> after so much silence; null ends that.</summary>
    void SetReceiveTimeout(TimeSpan? timeout);

    /// <summary>Ends a child, or this actor, after the current message.</summary>
    void Stop(IActorRef child);
}

/// <summary>The surroundings of an untyped actor.</summary>
public interface IUntypedActorContext : IActorContext
{
    /// <summary>Takes another behaviour in place of the current one.</summary>
    void Become(UntypedReceive receive);

    /// <summary>Takes another behaviour and keeps the current one below it.</summary>
    void BecomeStacked(UntypedReceive receive);
}
