using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>Questions: a message and a task for its answer.</summary>
public static class Futures
{
    /// <summary>Asks; without a timeout (and none in <c>akka.actor.ask-timeout</c>) it waits for ever.</summary>
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<object>(message, timeout, CancellationToken.None);

    /// <summary>Asks until cancelled.</summary>
    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<object>(message, null, cancellationToken);

    /// <summary>Asks; the task fails with <see cref="AskTimeoutException"/> when no answer comes in time.</summary>
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    /// <summary>Asks until cancelled.</summary>
    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<T>(message, null, cancellationToken);

    /// <summary>Asks, with a timeout, until cancelled.</summary>
    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        Ask<T>(self, _ => message, timeout, cancellationToken);

    /// <summary>Asks with a message that may hold the ref to answer to.</summary>
    public static async Task<T> Ask<T>(
        this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var provider = self switch
        {
            InternalActorRef actor => actor.Provider,
            ActorSelection { Anchor: InternalActorRef anchor } => anchor.Provider,
            _ => ActorCell.Current?.SystemImpl.Provider,
        } ?? throw new ArgumentException("Unable to resolve the target Provider", nameof(self));
        timeout ??= provider.System.AskTimeout;
        var answer = new AskRef<T>(provider);
        using var late = timeout > TimeSpan.Zero ? new CancellationTokenSource(timeout.Value) : null;
        using var onLate = late?.Token.UnsafeRegister(
            _ => answer.Fail(new AskTimeoutException($"Timeout after {timeout.Value.TotalSeconds:F2} seconds")), null);
        using var onCancel = cancellationToken.UnsafeRegister((_, token) => answer.Cancel(token), null);
        try
        {
            self.Tell(messageFactory(answer), answer);
            return await answer.Task.ConfigureAwait(false);
        }
        finally
        {
            provider.UnregisterTemp(answer);
        }
    }
}

/// <summary>Where an answer arrives.</summary>
internal sealed class AskRef<T> : InternalActorRef
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AskRef(ActorRefProvider provider)
    {
        Provider = provider;
        Path = provider.RegisterTemp(this);
    }

    public Task<T> Task => _answer.Task;

    public override ActorPath Path { get; }

    public override ActorRefProvider Provider { get; }

    public override InternalActorRef Parent => Provider.Temp;

    public override bool IsTerminated => _answer.Task.IsCompleted;

    public void Fail(Exception error) => _answer.TrySetException(error);

    public void Cancel(CancellationToken token) => _answer.TrySetCanceled(token);

    public override void SendSystemMessage(SystemMessage message)
    {
        // An asker can be told of a death (GracefulStop) but does not live long enough to be watched.
        if (message is DeathWatchNotification dead)
            Tell(new Terminated(dead.Actor, dead.ExistenceConfirmed, dead.AddressTerminated), dead.Actor);
        else if (message is Watch watch)
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(this, ExistenceConfirmed: true, AddressTerminated: false));
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        var taken = message switch
        {
            T answer => _answer.TrySetResult(answer),
            Status.Failure failure => _answer.TrySetException(
                failure.Cause ?? new TaskCanceledException("Task cancelled by actor via Failure message.")),
            _ => _answer.TrySetException(new ArgumentException(
                $"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]")),
        };
        if (!taken) Provider.DeadLetters.Tell(message, sender);
    }
}

/// <summary>Ends actors with patience.</summary>
public static class GracefulStopSupport
{
    /// <summary>Sends <see cref="PoisonPill"/> and waits for the end; false if it did not come in time.</summary>
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) => GracefulStop(target, timeout, PoisonPill.Instance);

    /// <summary>Sends a message of one's own that makes the actor end, and waits; false if the end did not come in time.</summary>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        if (target is not InternalActorRef actor)
            throw new InvalidOperationException($"{target} cannot be death-watched");
        var answer = new AskRef<Terminated>(actor.Provider);
        using var late = new CancellationTokenSource(timeout);
        using var onLate = late.Token.UnsafeRegister((_, token) => answer.Cancel(token), null);
        actor.SendSystemMessage(new Watch(actor, answer));
        target.Tell(stopMessage, ActorRefs.NoSender);
        try
        {
            return (await answer.Task.ConfigureAwait(false)).ActorRef.Path.Equals(target.Path);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            actor.SendSystemMessage(new Unwatch(actor, answer));
            actor.Provider.UnregisterTemp(answer);
        }
    }
}

/// <summary>Sends the outcome of a task to an actor.</summary>
public static class PipeToSupport
{
    /// <summary>The result as a message; an error as <see cref="Status.Failure"/>, or as the functions make them.</summary>
    public static async Task PipeTo<T>(
        this Task<T> taskToPipe, ICanTell recipient, IActorRef sender = null,
        Func<T, object> success = null, Func<Exception, object> failure = null)
    {
        sender ??= ActorRefs.NoSender;
        try
        {
            var result = await taskToPipe.ConfigureAwait(false);
            recipient.Tell(success != null ? success(result) : result, sender);
        }
        catch (Exception error)
        {
            recipient.Tell(failure != null ? failure(error) : new Status.Failure(error), sender);
        }
    }

    /// <summary>Nothing on success unless a function makes a message; an error as <see cref="Status.Failure"/>.</summary>
    public static async Task PipeTo(
        this Task taskToPipe, ICanTell recipient, IActorRef sender = null,
        Func<object> success = null, Func<Exception, object> failure = null)
    {
        sender ??= ActorRefs.NoSender;
        try
        {
            await taskToPipe.ConfigureAwait(false);
            if (success != null) recipient.Tell(success(), sender);
        }
        catch (Exception error)
        {
            recipient.Tell(failure != null ? failure(error) : new Status.Failure(error), sender);
        }
    }
}
