using Akka.Dispatch;
using Akka.Event;

namespace Akka.Actor;

/// <summary>Birth, errors, restarts, death.</summary>
internal sealed partial class ActorCell
{
    private TimerScheduler _timers;
    private Stash _stash;

    private void CreateActor()
    {
        try
        {
            _actor = NewActor();
            _actor.RunPreStart();
            CheckReceiveTimeout();
        }
        catch (Exception cause)
        {
            ClearActor();
            Fail(cause is ActorInitializationException
                ? cause
                : new ActorInitializationException(_self, $"Exception during creation of [{Props.Type}] at [{_self.Path}]: {cause.Message}", cause));
        }
    }

    private ActorBase NewActor()
    {
        _behaviors.Clear();
        var actor = Props.NewActor() ?? throw new ActorInitializationException(_self, "Actor instance passed to ActorOf can't be 'null'");
        if (Props.SupervisorStrategy != null) actor.Strategy = Props.SupervisorStrategy;
        if (actor is IWithTimers withTimers) withTimers.Timers = _timers = new TimerScheduler(this);
        if (actor is IActorStash withStash) withStash.Stash = _stash = new Stash(this);
        return actor;
    }

    private void ClearActor()
    {
        _timers?.CancelAll();
        _stash?.UnstashAll();
        (_timers, _stash, _actor, _operation) = (null, null, null, null);
        _behaviors.Clear();
    }

    /// <summary>Stops work here and below, and lets the parent decide.</summary>
    private void Fail(Exception cause)
    {
        if (_failed || _pending == Pending.Termination || IsTerminated)
        {
            if (!_failed) Log(typeof(ActorCell)).Error(cause, "Error while terminating: {0}", cause.Message);
            return;
        }

        _failed = true;
        _failedMessage = _envelope.Message;
        _suspended++;
        SuspendChildren();
        _parent.SendSystemMessage(new Failed(_self, cause, _self.Path.Uid));
    }

    private void HandleFailed(Failed failed)
    {
        if (!_children.TryGetValue(failed.Child.Path.Name, out var stats) || stats.Child.Path.Uid != failed.Uid) return;
        var strategy = _actor?.Strategy ?? SupervisorStrategy.DefaultStrategy;
        if (!strategy.HandleFailure(this, stats, failed.Cause, _children.Values)) Fail(failed.Cause);
    }

    private void ResumeActor(Exception cause)
    {
        if (_suspended > 0) _suspended--;
        if (cause != null) _failed = false;
        ResumeChildren(null);
    }

    private void RecreateActor(Exception cause)
    {
        if (_pending == Pending.Termination) return;
        if (_actor != null)
        {
            try
            {
                _envelope = new Envelope(_failedMessage, null);
                _actor.RunPreRestart(cause, _failedMessage);
            }
            catch (Exception error)
            {
                Log(_actor.GetType()).Error(error, "Error in PreRestart: {0}", error.Message);
            }
            finally
            {
                _envelope = default;
            }
        }

        ReceiveTimeout = null;
        CancelReceiveTimeout();
        ClearActor();
        _recreateCause = cause;
        _pending = Pending.Recreation;
        if (_stopping.Count == 0) FinishRecreate();
    }

    private void FinishRecreate()
    {
        var cause = _recreateCause;
        var survivors = ChildRefs.ToList();
        (_pending, _recreateCause, _failedMessage, _failed) = (Pending.Nothing, null, null, false);
        if (_suspended > 0) _suspended--;
        try
        {
            _actor = NewActor();
            _actor.RunPostRestart(cause);
            CheckReceiveTimeout();
        }
        catch (Exception error)
        {
            ClearActor();
            Fail(new PostRestartException(_self, error, cause));
            return;
        }

        foreach (var child in survivors) child.SendSystemMessage(new Recreate(cause));
    }

    private void TerminateActor()
    {
        if (_pending == Pending.Termination) return;
        _pending = Pending.Termination;
        _operation = null;
        CancelReceiveTimeout();
        foreach (var child in ChildRefs) child.Stop();
        if (_children.IsEmpty) FinishTerminate();
    }

    private void FinishTerminate()
    {
        var type = _actor?.GetType() ?? Props.Type;
        try
        {
            _actor?.RunPostStop();
        }
        catch (Exception error)
        {
            Log(type).Error(error, "Error in PostStop: {0}", error.Message);
        }

        ClearActor();
        _mailbox.Close();
        TellWatchers();
        _parent.SendSystemMessage(new DeathWatchNotification(_self, ExistenceConfirmed: true, AddressTerminated: false));
        UnwatchAll();
        _executor.Release();
    }

    private void ChildEnded(IActorRef child)
    {
        if (!_children.TryGetValue(child.Path.Name, out var stats) || !stats.Child.Equals(child)) return;
        _children.TryRemove(child.Path.Name, out _);
        _stopping.Remove(child);
        switch (_pending)
        {
            case Pending.Termination when _children.IsEmpty:
                FinishTerminate();
                break;
            case Pending.Recreation when _stopping.Count == 0:
                FinishRecreate();
                break;
        }
    }
}
