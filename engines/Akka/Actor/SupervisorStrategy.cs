using Akka.Dispatch;
using Akka.Event;

namespace Akka.Actor;

/// <summary>What to do with a child that failed.</summary>
public enum Directive
{
    /// <summary>Go on with the next message; the state is kept.</summary>
    Resume,

    /// <summary>Replace the instance; the mailbox is kept, the failing message is not handled again.</summary>
    Restart,

    /// <summary>Fail as well, so that the parent decides.</summary>
    Escalate,

    /// <summary>End the child.</summary>
    Stop,
}

/// <summary>Chooses a directive for an error.</summary>
public interface IDecider
{
    /// <summary>The directive.</summary>
    Directive Decide(Exception cause);
}

/// <summary>A decider that is a function.</summary>
public class LocalOnlyDecider(Func<Exception, Directive> decider) : IDecider
{
    /// <inheritdoc/>
    public Directive Decide(Exception cause) => decider(cause);
}

/// <summary>Makes deciders.</summary>
public static class Decider
{
    /// <summary>From a function.</summary>
    public static LocalOnlyDecider From(Func<Exception, Directive> localOnlyDecider) => new(localOnlyDecider);
}

/// <summary>How a parent treats the errors of its children.</summary>
public abstract class SupervisorStrategy
{
    /// <summary>Stops children that did not start or were killed, restarts all others.</summary>
    public static readonly IDecider DefaultDecider = Actor.Decider.From(cause =>
        cause is ActorInitializationException or ActorKilledException or DeathPactException ? Directive.Stop : Directive.Restart);

    /// <summary>One for one with the default decider.</summary>
    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);

    /// <summary>Stops every child that fails.</summary>
    public static readonly OneForOneStrategy StoppingStrategy = new(_ => Directive.Stop);

    /// <summary>Chooses the directive.</summary>
    public abstract IDecider Decider { get; }

    /// <summary>Restarts allowed within the window; -1 for any number.</summary>
    private protected int MaxRetries { get; init; } = -1;

    /// <summary>The window in milliseconds; -1 for ever.</summary>
    private protected int WindowMilliseconds { get; init; } = -1;

    private protected bool LoggingEnabled { get; init; } = true;

    /// <summary>Acts on a child's error; false means that the parent fails too.</summary>
    internal bool HandleFailure(ActorCell parent, ChildStats stats, Exception cause, IEnumerable<ChildStats> all)
    {
        var directive = Decider.Decide(cause);
        if (directive == Directive.Escalate) return false;
        LogFailure(parent, stats.Child, cause, directive);
        if (directive == Directive.Resume) stats.Child.SendSystemMessage(new Resume(cause));
        else Process(parent, stats, cause, all.ToList(), directive == Directive.Restart);
        return true;
    }

    private protected abstract void Process(ActorCell parent, ChildStats failed, Exception cause, List<ChildStats> all, bool restart);

    private void LogFailure(ActorCell parent, IActorRef child, Exception cause, Directive directive)
    {
        if (!LoggingEnabled) return;
        var shown = cause is ActorInitializationException { InnerException: { } inner } ? inner : cause;
        var stream = parent.System.EventStream;
        if (directive == Directive.Resume) stream.Publish(new Warning(cause, child.Path.ToString(), GetType(), shown.Message));
        else stream.Publish(new Error(cause, child.Path.ToString(), GetType(), shown.Message));
    }
}

/// <summary>Treats only the child that failed.</summary>
public class OneForOneStrategy : SupervisorStrategy
{
    /// <summary>Null for any number of restarts, and for ever.</summary>
    public OneForOneStrategy(int? maxNrOfRetries, TimeSpan? withinTimeRange, Func<Exception, Directive> localOnlyDecider)
        : this(maxNrOfRetries ?? -1, withinTimeRange.HasValue ? (int)withinTimeRange.Value.TotalMilliseconds : -1, localOnlyDecider)
    {
    }

    /// <summary>-1 for any number of restarts, and for ever.</summary>
    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
        : this(maxNrOfRetries, withinTimeMilliseconds, Actor.Decider.From(localOnlyDecider), loggingEnabled)
    {
    }

    /// <summary>-1 for any number of restarts, and for ever.</summary>
    public OneForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, IDecider decider, bool loggingEnabled = true)
    {
        (MaxRetries, WindowMilliseconds, LoggingEnabled, Decider) = (maxNrOfRetries, withinTimeMilliseconds, loggingEnabled, decider);
    }

    /// <summary>Any number of restarts.</summary>
    public OneForOneStrategy(Func<Exception, Directive> localOnlyDecider) : this(-1, -1, localOnlyDecider)
    {
    }

    /// <summary>Any number of restarts.</summary>
    public OneForOneStrategy(IDecider decider) : this(-1, -1, decider)
    {
    }

    /// <inheritdoc/>
    public override IDecider Decider { get; }

    private protected override void Process(ActorCell parent, ChildStats failed, Exception cause, List<ChildStats> all, bool restart)
    {
        if (restart && failed.RequestRestart(MaxRetries, WindowMilliseconds)) failed.Child.SendSystemMessage(new Recreate(cause));
        else parent.Stop(failed.Child);
    }
}

/// <summary>Treats all children as the one that failed.</summary>
public class AllForOneStrategy : SupervisorStrategy
{
    /// <summary>-1 for any number of restarts, and for ever.</summary>
    public AllForOneStrategy(int maxNrOfRetries, int withinTimeMilliseconds, Func<Exception, Directive> localOnlyDecider, bool loggingEnabled = true)
    {
        (MaxRetries, WindowMilliseconds, LoggingEnabled) = (maxNrOfRetries, withinTimeMilliseconds, loggingEnabled);
        Decider = Actor.Decider.From(localOnlyDecider);
    }

    /// <summary>Any number of restarts.</summary>
    public AllForOneStrategy(Func<Exception, Directive> localOnlyDecider) : this(-1, -1, localOnlyDecider)
    {
    }

    /// <inheritdoc/>
    public override IDecider Decider { get; }

    private protected override void Process(ActorCell parent, ChildStats failed, Exception cause, List<ChildStats> all, bool restart)
    {
        var restartAll = restart && all.All(c => c.RequestRestart(MaxRetries, WindowMilliseconds));
        foreach (var stats in all)
        {
            if (!restartAll)
            {
                parent.Stop(stats.Child);
                continue;
            }

            if (!ReferenceEquals(stats, failed)) stats.Child.SendSystemMessage(new Suspend());
            stats.Child.SendSystemMessage(new Recreate(cause));
        }
    }
}
