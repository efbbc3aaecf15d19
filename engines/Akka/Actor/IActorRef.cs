namespace Akka.Actor;

/// <summary>Something that takes messages.</summary>
public interface ICanTell
{
    /// <summary>Sends a message and does not wait; delivered at most once, in the order sent.</summary>
    void Tell(object message, IActorRef sender);
}

/// <summary>A handle to an actor, here or in another system.</summary>
public interface IActorRef : ICanTell, IEquatable<IActorRef>, IComparable<IActorRef>
{
    /// <summary>Where the actor is.</summary>
    ActorPath Path { get; }
}

/// <summary>Sends with the current actor as the sender.</summary>
public static class ActorRefImplicitSenderExtensions
{
    /// <summary>Sends from the actor whose code runs, or from nobody.</summary>
    public static void Tell(this IActorRef receiver, object message) => receiver.Tell(message, ActorCell.CurrentSelfOrNoSender);

    /// <summary>Passes a message on, keeping its sender.</summary>
    public static void Forward(this IActorRef receiver, object message) =>
        receiver.Tell(message, ActorCell.Current == null ? ActorRefs.NoSender : ActorCell.Current.Sender);
}

/// <summary>Handles that belong to no actor.</summary>
public static class ActorRefs
{
    /// <summary>Takes messages and drops them.</summary>
    public static readonly Nobody Nobody = Nobody.Instance;

    /// <summary>No sender.</summary>
    public static readonly IActorRef NoSender = null;
}

/// <summary>Helpers for handles.</summary>
public static class ActorRefExtensions
{
    /// <summary>Whether the handle is null or <see cref="ActorRefs.Nobody"/>.</summary>
    public static bool IsNobody(this IActorRef actorRef) => actorRef is null or Nobody;

    /// <summary>The handle, or another if it is nobody.</summary>
    public static IActorRef GetOrElse(this IActorRef actorRef, Func<IActorRef> elseValue) =>
        actorRef.IsNobody() ? elseValue() : actorRef;
}

/// <summary>What every handle shares: comparison by path and incarnation.</summary>
public abstract class ActorRefBase : IActorRef
{
    /// <inheritdoc/>
    public abstract ActorPath Path { get; }

    /// <inheritdoc/>
    public void Tell(object message, IActorRef sender)
    {
        if (message == null) throw new InvalidMessageException($"Message is null. It was sent to [{Path}].");
        TellInternal(message, sender);
    }

    /// <inheritdoc/>
    public bool Equals(IActorRef other) =>
        ReferenceEquals(this, other) || (other != null && Path.Uid == other.Path.Uid && Path.Equals(other.Path));

    /// <inheritdoc/>
    public override bool Equals(object obj) => Equals(obj as IActorRef);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Path, Path.Uid);

    /// <inheritdoc/>
    public int CompareTo(IActorRef other)
    {
        var order = Path.CompareTo(other?.Path);
        return order != 0 || other == null ? order : Path.Uid.CompareTo(other.Path.Uid);
    }

    /// <inheritdoc/>
    public override string ToString() => $"[{Path.ToStringWithUid()}]";

    /// <summary>Delivers.</summary>
    protected abstract void TellInternal(object message, IActorRef sender);
}
