using System.Collections.Concurrent;
using System.Diagnostics;

namespace Akka.Actor;

/// <summary>A scheduler over the runtime's timers. Everything still scheduled ends with the system.</summary>
internal sealed class TimerWheel(ActorSystemImpl system) : IScheduler, IAdvancedScheduler, IDisposable
{
    private readonly ConcurrentDictionary<Entry, byte> _entries = new();
    private volatile bool _disposed;

    public IAdvancedScheduler Advanced => this;

    public DateTimeOffset Now => DateTimeOffset.UtcNow;

    public TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(0);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellOnce(delay, receiver, message, sender, null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, null, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, null);

    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => Add(delay, null, action, cancelable);

    public void ScheduleOnce(TimeSpan delay, Action action) => Add(delay, null, action, null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(initialDelay, interval, action, cancelable);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) => Add(initialDelay, interval, action, null);

    public void Dispose()
    {
        _disposed = true;
        foreach (var entry in _entries.Keys) entry.Dispose();
    }

    private void Add(TimeSpan delay, TimeSpan? interval, Action action, ICancelable cancelable)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        if (interval is { } period) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero, nameof(interval));
        if (_disposed || cancelable is { IsCancellationRequested: true }) return;
        var entry = new Entry(this, action, cancelable);
        _entries.TryAdd(entry, 0);
        entry.Start(delay, interval);
        if (_disposed) entry.Dispose();
    }

    private sealed class Entry : IDisposable
    {
        private readonly TimerWheel _wheel;
        private readonly Action _action;
        private readonly ICancelable _cancelable;
        private readonly Timer _timer;
        private readonly CancellationTokenRegistration _registration;
        private bool _once;
        private int _running;

        public Entry(TimerWheel wheel, Action action, ICancelable cancelable)
        {
            (_wheel, _action, _cancelable) = (wheel, action, cancelable);
            _timer = new Timer(static state => ((Entry)state).Fire(), this, Timeout.Infinite, Timeout.Infinite);
            if (cancelable != null) _registration = cancelable.Token.UnsafeRegister(static state => ((Entry)state).Dispose(), this);
        }

        public void Start(TimeSpan delay, TimeSpan? interval)
        {
            _once = interval == null;
            try
            {
                _timer.Change(delay, interval ?? Timeout.InfiniteTimeSpan);
            }
            catch (ObjectDisposedException)
            {
                // Called off between its making and its start.
            }
        }

        public void Dispose()
        {
            _wheel._entries.TryRemove(this, out _);
            _timer.Dispose();
            _registration.Unregister();
        }

        private void Fire()
        {
            // A late timer must not run twice at once.
            if (Interlocked.Exchange(ref _running, 1) == 1) return;
            try
            {
                if (_cancelable is not { IsCancellationRequested: true }) _action();
            }
            catch (Exception error)
            {
                _wheel.Report(error);
            }
            finally
            {
                Volatile.Write(ref _running, 0);
                if (_once) Dispose();
            }
        }
    }

    private void Report(Exception error) => Event.LoggingExtensions.Error(system.Log, error, "A scheduled action failed.");
}
