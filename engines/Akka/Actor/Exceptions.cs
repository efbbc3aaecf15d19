namespace Akka.Actor;

/// <summary>Base of the errors that the engine raises.</summary>
public abstract class AkkaException : Exception
{
    /// <summary>With what is wrong, and its cause.</summary>
    protected AkkaException(string message, Exception cause = null) : base(message, cause)
    {
    }
}

/// <summary>A name that is malformed or taken by a sibling.</summary>
public class InvalidActorNameException(string message) : AkkaException(message);

/// <summary>No answer came within the time that the asker gave.</summary>
public class AskTimeoutException(string message) : AkkaException(message);

/// <summary>An actor's constructor or <c>PreStart</c> failed.</summary>
public class ActorInitializationException : AkkaException
{
    /// <summary>With what is wrong.</summary>
    public ActorInitializationException(string message) : base(message)
    {
    }

    /// <summary>With the actor concerned, what is wrong, and its cause.</summary>
    public ActorInitializationException(IActorRef actor, string message, Exception cause = null) : base(message, cause)
    {
        Actor = actor;
    }

    /// <summary>The actor that did not start.</summary>
    public IActorRef Actor { get; set; }
}

/// <summary>An actor's <c>PostRestart</c> or new constructor failed during a restart.</summary>
public class PostRestartException : ActorInitializationException
{
    /// <summary>With the actor, the new error, and the one that led to the restart.</summary>
    public PostRestartException(IActorRef actor, Exception cause, Exception originalCause)
        : base(actor, $"Exception post restart ({originalCause?.GetType().ToString() ?? "null"})", cause)
    {
        OriginalCause = originalCause;
    }

    /// <summary>The error that led to the restart.</summary>
    public Exception OriginalCause { get; }
}

/// <summary>What <see cref="Kill"/> raises in an actor.</summary>
public class ActorKilledException(string message) : AkkaException(message);

/// <summary>A call that the actor's state does not allow.</summary>
public class IllegalActorStateException(string message) : AkkaException(message);

/// <summary>A watched actor ended and the watcher did not handle its <see cref="Terminated"/>.</summary>
public class DeathPactException(IActorRef deadActor) : AkkaException($"Monitored actor [{deadActor}] terminated")
{
    /// <summary>The actor that ended.</summary>
    public IActorRef DeadActor { get; } = deadActor;
}

/// <summary>A selection matched no actor in the time given.</summary>
public class ActorNotFoundException : AkkaException
{
    /// <summary>With what was looked for.</summary>
    public ActorNotFoundException(string message, Exception innerException = null) : base(message, innerException)
    {
    }
}

/// <summary>A message that cannot be sent, such as null.</summary>
public class InvalidMessageException(string message) : AkkaException(message);

/// <summary>A stash is full.</summary>
public class StashOverflowException : AkkaException
{
    /// <summary>With what is wrong, and its cause.</summary>
    public StashOverflowException(string message, Exception cause = null) : base(message, cause)
    {
    }
}
