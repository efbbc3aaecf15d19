using Akka.Dispatch;
using Akka.Event;

namespace Akka.Actor;

/// <summary>The handling of one message.</summary>
internal sealed partial class ActorCell
{
    private ICancelable _receiveTimeoutTimer;

    public TimeSpan? ReceiveTimeout { get; private set; }

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        ReceiveTimeout = timeout;
        if (timeout == null) CancelReceiveTimeout();
    }

    public void Invoke(Envelope envelope)
    {
        var message = envelope.Message;
        if (message is TimerMessage timer)
        {
            message = _timers?.Accept(timer);
            if (message == null) return;
            envelope = new Envelope(message, envelope.Sender);
        }

        _envelope = envelope;
        if (ReceiveTimeout != null && message is not INotInfluenceReceiveTimeout) CancelReceiveTimeout();
        try
        {
            if (message is IAutoReceivedMessage) AutoReceive(message);
            else ReceiveMessage(message);
        }
        catch (Exception cause)
        {
            Fail(cause);
        }
        finally
        {
            if (_operation == null)
            {
                CheckReceiveTimeout();
                _envelope = default;
            }
        }
    }

    public void Invoke(SystemMessage message)
    {
        try
        {
            switch (message)
            {
                case Create:
                    CreateActor();
                    break;
                case RunTask run:
                    _envelope = run.Envelope;
                    Tasks.Run(run.Task);
                    break;
                case AsyncCompleted completed:
                    CompleteAsync(completed);
                    break;
                case Failed failed:
                    HandleFailed(failed);
                    break;
                case DeathWatchNotification notification:
                    ActorTerminated(notification);
                    break;
                case Watch watch:
                    AddWatcher(watch);
                    break;
                case Unwatch unwatch:
                    _watchedBy.Remove(unwatch.Watcher);
                    break;
                case Suspend:
                    _suspended++;
                    SuspendChildren();
                    break;
                case Resume resume:
                    ResumeActor(resume.Cause);
                    break;
                case Recreate recreate:
                    RecreateActor(recreate.Cause);
                    break;
                case Terminate:
                    TerminateActor();
                    break;
            }
        }
        catch (Exception cause)
        {
            Fail(cause);
        }
        finally
        {
            if (_operation == null) _envelope = default;
        }
    }

    /// <summary>Answers those who watch an actor that has ended.</summary>
    public void SystemMessageAfterEnd(SystemMessage message)
    {
        if (message is Watch watch && Equals(watch.Watchee, _self))
            watch.Watcher.SendSystemMessage(new DeathWatchNotification(_self, ExistenceConfirmed: true, AddressTerminated: false));
    }

    private void ReceiveMessage(object message)
    {
        if (_behaviors.TryPeek(out var behavior)) _actor.HandleAround(behavior, message);
    }

    private void AutoReceive(object message)
    {
        switch (message)
        {
            case Terminated terminated:
                ReceivedTerminated(terminated);
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            case PoisonPill:
                _self.Stop();
                break;
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, _self), _self);
                break;
            case ActorSelectionMessage selection:
                Actor.ActorSelection.Deliver(_self, _envelope.Sender, selection);
                break;
            default:
                ReceiveMessage(message);
                break;
        }
    }

    private void CheckReceiveTimeout()
    {
        if (ReceiveTimeout is not { } timeout || _receiveTimeoutTimer != null || _pending == Pending.Termination || IsTerminated) return;
        _receiveTimeoutTimer = SystemImpl.Scheduler.ScheduleTellOnceCancelable(timeout, _self, Actor.ReceiveTimeout.Instance, _self);
    }

    private void CancelReceiveTimeout()
    {
        _receiveTimeoutTimer?.Cancel();
        _receiveTimeoutTimer = null;
    }
}
