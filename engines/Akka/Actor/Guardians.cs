namespace Akka.Actor;

/// <summary>The parent of the users' actors, or of the engine's.</summary>
internal sealed class Guardian(SupervisorStrategy strategy) : ActorBase
{
    protected override bool Receive(object message)
    {
        Context.System.DeadLetters.Tell(new Event.DeadLetter(message, Sender, Self), Sender);
        return true;
    }

    protected override SupervisorStrategy SupervisorStrategy() => strategy;

    // A guardian's children live as long as the system.
    protected override void PreRestart(Exception reason, object message)
    {
    }
}
