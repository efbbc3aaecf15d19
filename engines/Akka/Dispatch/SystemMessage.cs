using Akka.Actor;

namespace Akka.Dispatch;

/// <summary>What the engine says to an actor's cell; goes before user messages.</summary>
internal abstract record SystemMessage;

internal sealed record Create : SystemMessage;

internal sealed record Recreate(Exception Cause) : SystemMessage;

internal sealed record Suspend : SystemMessage;

internal sealed record Resume(Exception Cause) : SystemMessage;

internal sealed record Terminate : SystemMessage;

internal sealed record Failed(InternalActorRef Child, Exception Cause, long Uid) : SystemMessage;

internal sealed record Watch(InternalActorRef Watchee, InternalActorRef Watcher) : SystemMessage;

internal sealed record Unwatch(InternalActorRef Watchee, InternalActorRef Watcher) : SystemMessage;

internal sealed record DeathWatchNotification(IActorRef Actor, bool ExistenceConfirmed, bool AddressTerminated) : SystemMessage;

/// <summary>A continuation of an async handler.</summary>
internal sealed record RunTask(Task Task, Envelope Envelope) : SystemMessage;

/// <summary>An async handler has ended, with an error or without.</summary>
internal sealed record AsyncCompleted(object Operation, Envelope Envelope, Exception Cause) : SystemMessage;
