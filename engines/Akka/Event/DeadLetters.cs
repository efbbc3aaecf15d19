using Akka.Actor;

namespace Akka.Event;

/// <summary>A message whose loss is nothing to talk of.</summary>
public interface IDeadLetterSuppression
{
}

/// <summary>A message that was not handled.</summary>
public abstract class AllDeadLetters : IWrappedMessage
{
    /// <summary>With its sender and the actor it was for.</summary>
    protected AllDeadLetters(object message, IActorRef sender, IActorRef recipient)
    {
        (Message, Sender, Recipient) = (message, sender, recipient);
    }

    /// <summary>The message.</summary>
    public object Message { get; }

    /// <summary>The actor it was for.</summary>
    public IActorRef Recipient { get; }

    /// <summary>Who sent it.</summary>
    public IActorRef Sender { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name} from {Sender} to {Recipient}: <{Message}>";
}

/// <summary>A message that reached no actor.</summary>
public sealed class DeadLetter(object message, IActorRef sender, IActorRef recipient) : AllDeadLetters(message, sender, recipient);

/// <summary>The same, of a kind that is not logged.</summary>
public sealed class SuppressedDeadLetter(IDeadLetterSuppression message, IActorRef sender, IActorRef recipient)
    : AllDeadLetters(message, sender, recipient);

/// <summary>A message that an actor received and did not handle.</summary>
public sealed class UnhandledMessage(object message, IActorRef sender, IActorRef recipient) : AllDeadLetters(message, sender, recipient);

/// <summary>Logs the first dead letters (<c>akka.log-dead-letters</c>: how many, or off).</summary>
internal sealed class DeadLetterListener : ReceiveActor
{
    private readonly int _max;
    private int _count;

    public DeadLetterListener(int max)
    {
        _max = max;
        Receive<DeadLetter>(Log);
    }

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));

    private void Log(DeadLetter letter)
    {
        if (++_count > _max) return;
        var last = _count == _max ? " No more dead letters will be logged." : "";
        Context.GetLogger().Info(
            "Message [{0}] from {1} to {2} was not delivered. [{3}] dead letters encountered. If this is not an expected behavior " +
            "then {2} may have terminated unexpectedly. Set 'akka.log-dead-letters = off' to silence this.{4}",
            letter.Message.GetType().Name, letter.Sender, letter.Recipient, _count, last);
    }
}
