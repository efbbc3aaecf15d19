using System.Collections.Concurrent;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// Everything about an actor but its code: mailbox, children, behaviours, watchers. It outlives restarts. Only the thread that
/// has the mailbox's turn touches its state; what other threads may call says so.
/// </summary>
internal sealed partial class ActorCell : IUntypedActorContext
{
    [ThreadStatic]
    private static ActorCell _current;

    private readonly Stack<Receive> _behaviors = new();
    private readonly Mailbox _mailbox;
    private readonly IExecutor _executor;
    private readonly LocalActorRef _self;
    private readonly InternalActorRef _parent;
    private ActorCell _outer;
    private ActorBase _actor;
    private Envelope _envelope;
    private object _failedMessage;
    private int _suspended;
    private bool _failed;
    private Pending _pending;
    private Exception _recreateCause;

    public ActorCell(ActorSystemImpl system, LocalActorRef self, Props props, InternalActorRef parent)
    {
        SystemImpl = system;
        _self = self;
        _parent = parent;
        Props = props;
        _executor = system.ExecutorFor(props.Dispatcher, self.Path, out var throughput);
        _mailbox = new Mailbox(this, throughput, _executor);
    }

    /// <summary>What is to happen once all children have ended.</summary>
    private enum Pending
    {
        Nothing,
        Recreation,
        Termination,
    }

    /// <summary>The actor whose code runs on this thread, or null.</summary>
    public static ActorCell Current => _current;

    public static IActorRef CurrentSelfOrNoSender => _current?._self ?? ActorRefs.NoSender;

    public ActorSystemImpl SystemImpl { get; }

    public ActorSystem System => SystemImpl;

    public IActorRef Self => _self;

    public Props Props { get; }

    public IActorRef Parent => _parent;

    public IActorRef Sender => _envelope.Sender ?? SystemImpl.DeadLetters;

    public object CurrentMessage => _envelope.Message;

    public Envelope CurrentEnvelope => _envelope;

    /// <summary>Any thread.</summary>
    public bool IsTerminated => _mailbox.IsClosed;

    /// <summary>Whether user messages may be handled now.</summary>
    public bool TakesMessages => _suspended == 0 && _operation == null && _pending == Pending.Nothing;

    /// <summary>Queues the first turn. Any thread.</summary>
    public void Start() => _mailbox.Add(new Create());

    /// <summary>Any thread.</summary>
    public void SendMessage(Envelope envelope) => _mailbox.Add(envelope);

    /// <summary>Any thread.</summary>
    public void SendSystemMessage(SystemMessage message) => _mailbox.Add(message);

    /// <summary>Puts a message before all that wait.</summary>
    public void Prepend(Envelope envelope) => _mailbox.Prepend(envelope);

    public void Enter()
    {
        _outer = _current;
        _current = this;
    }

    public void Leave()
    {
        _current = _outer;
        _outer = null;
    }

    public void Become(Receive receive)
    {
        if (_behaviors.Count > 0) _behaviors.Pop();
        _behaviors.Push(receive);
    }

    public void BecomeStacked(Receive receive) => _behaviors.Push(receive);

    public void UnbecomeStacked()
    {
        if (_behaviors.Count > 1) _behaviors.Pop();
    }

    public void Become(UntypedReceive receive) => Become(Untyped(receive));

    public void BecomeStacked(UntypedReceive receive) => BecomeStacked(Untyped(receive));

    public ActorSelection ActorSelection(ActorPath actorPath) => SystemImpl.ActorSelection(actorPath);

    public ActorSelection ActorSelection(string actorPath) => Actor.ActorSelection.Parse(SystemImpl.Provider, _self, actorPath);

    public void ToDeadLetters(Envelope envelope)
    {
        switch (envelope.Message)
        {
            // A timer's message and a notice of death mean nothing to anybody but their actor.
            case TimerMessage or Terminated:
                break;
            case IDeadLetterSuppression suppressed:
                SystemImpl.EventStream.Publish(new SuppressedDeadLetter(suppressed, envelope.Sender ?? SystemImpl.DeadLetters, _self));
                break;
            case Identify identify:
                envelope.Sender?.Tell(new ActorIdentity(identify.MessageId, null), _self);
                break;
            case ActorSelectionMessage { Message: Identify identify }:
                envelope.Sender?.Tell(new ActorIdentity(identify.MessageId, null), _self);
                break;
            default:
                SystemImpl.DeadLetters.Tell(new DeadLetter(envelope.Message, envelope.Sender ?? SystemImpl.DeadLetters, _self), _self);
                break;
        }
    }

    private static Receive Untyped(UntypedReceive receive)
    {
        return message =>
        {
            receive(message);
            return true;
        };
    }

    private ILoggingAdapter Log(Type type) => new BusLogging(SystemImpl.EventStream, _self.Path.ToString(), type, DefaultLogMessageFormatter.Instance);
}
