namespace Akka.Actor;

/// <summary>An actor with timers that end with it.</summary>
public interface IWithTimers
{
    /// <summary>Set by the engine before <c>PreStart</c>.</summary>
    ITimerScheduler Timers { get; set; }
}

/// <summary>
/// Sends the actor messages later. A timer under a key replaces the one before it, whose message no longer comes, even if it is
/// in the mailbox already.
/// </summary>
public interface ITimerScheduler
{
    /// <summary>The keys of running timers.</summary>
    IReadOnlyCollection<object> ActiveTimers { get; }

    /// <summary>A message at every interval.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan interval);

    /// <summary>A message after a delay and then at every interval.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);

    /// <summary>One message after a time.</summary>
    void StartSingleTimer(object key, object msg, TimeSpan timeout);

    /// <summary>Whether the timer still has something to send.</summary>
    bool IsTimerActive(object key);

    /// <summary>Ends a timer.</summary>
    void Cancel(object key);

    /// <summary>Ends all timers.</summary>
    void CancelAll();
}

/// <summary>A timer's message on its way; dropped on arrival if the timer was replaced or ended meanwhile.</summary>
internal sealed record TimerMessage(object Key, object Message, long Generation, TimerScheduler Owner);

internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, Entry> _timers = [];
    private long _generation;

    public IReadOnlyCollection<object> ActiveTimers => _timers.Keys;

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) => StartPeriodicTimer(key, msg, interval, interval);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval)
    {
        var message = Replace(key, msg);
        var cancel = cell.System.Scheduler.ScheduleTellRepeatedlyCancelable(initialDelay, interval, cell.Self, message, cell.Self);
        _timers[key] = new Entry(message.Generation, cancel, true);
    }

    public void StartSingleTimer(object key, object msg, TimeSpan timeout)
    {
        var message = Replace(key, msg);
        var cancel = cell.System.Scheduler.ScheduleTellOnceCancelable(timeout, cell.Self, message, cell.Self);
        _timers[key] = new Entry(message.Generation, cancel, false);
    }

    public bool IsTimerActive(object key) => _timers.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_timers.Remove(key, out var entry)) entry.Timer.Cancel();
    }

    public void CancelAll()
    {
        foreach (var entry in _timers.Values) entry.Timer.Cancel();
        _timers.Clear();
    }

    /// <summary>The message inside, or null if the timer is not the one that runs now.</summary>
    public object Accept(TimerMessage message)
    {
        if (!ReferenceEquals(message.Owner, this) || !_timers.TryGetValue(message.Key, out var entry) || entry.Generation != message.Generation)
            return null;
        if (!entry.Repeats) _timers.Remove(message.Key);
        return message.Message;
    }

    private TimerMessage Replace(object key, object message)
    {
        Cancel(key);
        return new TimerMessage(key, message, ++_generation, this);
    }

    private readonly record struct Entry(long Generation, ICancelable Timer, bool Repeats);
}
